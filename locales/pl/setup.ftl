### Ustawianie sposobu logowania krok po kroku: po wyborze hasła oraz tam, gdzie wymaga się więcej, niż ktoś ma.

setup-title = Sposób logowania
setup-steps = Kroki
setup-step = Krok { $step } z { $of }
setup-step-done = Gotowe:
setup-step-password = Hasło
setup-step-factor = Drugi krok
setup-step-codes = Kody odzyskiwania

setup-factor-title = Proszę wybrać drugi krok
setup-asked = { $company } wymaga drugiego kroku oprócz hasła. Proszę wybrać, jaki ma on być.
setup-asked-app = { $app } wymaga drugiego kroku, który nie jest jeszcze ustawiony. Proszę wybrać, jaki ma on być; potem otworzy się { $app }.
setup-offered = Z drugim krokiem nie wejdzie nikt, kto zna tylko hasło.
setup-offered-fresh = Hasło jest zapisane, a logowanie gotowe. Z drugim krokiem nie wejdzie nikt, kto zna tylko to hasło.
setup-passkey = Klucz dostępu
setup-passkey-text = Odcisk palca, twarz albo PIN. Najszybszy i odporny na wyłudzenie.
setup-authenticator = Aplikacja uwierzytelniająca
setup-authenticator-text = Aplikacja w telefonie, która co 30 sekund pokazuje nowy kod.
setup-sms = SMS
setup-sms-text = Za każdym razem kod na telefon.
setup-none-title = Nic z tego nie można tu ustawić
setup-none-text = To, czego się wymaga, nie jest dostępne pod tym adresem. Proszę powiadomić administratora.
setup-later = Nie teraz
setup-another-way = Wybierz inny sposób

setup-codes-title = Proszę zachować drogę powrotu
setup-codes-text = Po utracie telefonu lub klucza wejście umożliwi kod odzyskiwania. Kodów jest dziesięć, każdy działa raz. Proszę je wydrukować albo przechować w bezpiecznym miejscu.
setup-codes-show = Pokaż kody odzyskiwania
