### Sposoby logowania: klucze dostępu, aplikacja uwierzytelniająca, kody odzyskiwania, telefon; oraz logowanie kluczem dostępu.

security-title = Bezpieczeństwo
security-back = Wróć do strony Bezpieczeństwo
security-change = Zmień
security-change-named = Zmień: { $name }
security-added = Dodano { $added }
security-added-used = Dodano { $added }, ostatnio użyto { $used }
security-used = Ostatnio użyto { $used }
security-set-up = Ustawiona
security-never = Nigdy
security-gone-title = To już wygasło
security-gone-text = Trwało to zbyt długo, zostało już zakończone albo było zbyt wiele błędnych kodów. Nic się nie zmieniło; proszę zacząć od nowa.
security-fact-added = Dodano
security-fact-used = Ostatnio użyto
security-fact-signs-in = Loguje
security-fact-kept = Przechowywany

security-no-recovery-title = Nie mają Państwo kodów odzyskiwania
security-no-recovery-text = Po utracie telefonu lub klucza tylko one pozwolą się zalogować. Proszę utworzyć je teraz i przechowywać w innym miejscu.

security-passkeys = Klucze dostępu
security-passkeys-text = Zamiast kodu wystarczy odcisk palca, twarz lub PIN. Klucz dostępu pozostaje na urządzeniu i nie można go wyłudzić.
security-passkeys-none-here = Klucze dostępu wymagają adresu z nazwą; ta instalacja otwierana jest pod numerem.
security-passkey-add = Dodaj klucz dostępu
security-passkey-new-text = Przeglądarka poprosi o wybór urządzenia i o potwierdzenie odciskiem palca, twarzą lub kodem PIN.
security-passkey-script = Dodanie klucza dostępu wymaga JavaScriptu. Wszystko inne na tych stronach działa bez niego.
security-passkey-name = Nazwa
security-passkey-name-hint = Aby odróżnić go od innych, na przykład „Laptop w pracy”.
security-passkey-make = Dalej
security-name-wrong = Proszę podać nazwę o długości od 1 do { $count } znaków.
security-passkey-full = Mają już Państwo największą możliwą liczbę kluczy dostępu. Proszę usunąć ten, który nie jest używany.
security-passkey-alone = samodzielnie, bez hasła
security-passkey-after = po podaniu hasła
security-passkey-unsaid = po podaniu hasła, być może także samodzielnie
security-passkey-synced = na koncie u producenta, na kilku urządzeniach
security-passkey-bound = tylko na jednym urządzeniu
security-passkey-remove = Usuń ten klucz dostępu
security-passkey-remove-text = Nie będzie już logował na tej stronie. Na urządzeniu pozostanie, dopóki nie zostanie usunięty także tam. Jeśli został zgubiony lub skradziony, należy też wylogować się wszędzie indziej.
security-passkey-suspect = Wyłączony: może istnieć kopia
security-passkey-suspect-text = Odpowiedź tego klucza była starsza niż wcześniejsza. Dzieje się tak, gdy ktoś go skopiował, dlatego klucz już nie loguje. Proszę go usunąć i dodać nowy.

security-app = Aplikacja uwierzytelniająca
security-app-text = Aplikacja w telefonie pokazuje kod, który zmienia się co 30 sekund.
security-app-on = Aplikacja uwierzytelniająca jest ustawiona
security-app-set-up = Ustaw aplikację
security-app-scan = Proszę otworzyć aplikację, wybrać dodanie konta i zeskanować ten obrazek.
security-app-type = Skanowanie się nie udaje? Proszę wpisać w aplikacji ten klucz:
security-app-here = Otwórz aplikację na tym urządzeniu
security-app-confirm = Następnie proszę wpisać kod, który pokazuje aplikacja.
security-app-again = Pokaż obrazek jeszcze raz
security-app-submit = Potwierdź
security-app-replace = Przenieś do innej aplikacji
security-app-replace-text = Po przeniesieniu do innej aplikacji lub telefonu kody obecnej przestaną działać z chwilą potwierdzenia.
security-app-remove = Usuń aplikację
security-app-remove-text = Jej kody przestaną logować. Odtąd kody będą przychodzić inną drogą.

security-recovery = Kody odzyskiwania
security-recovery-text = Dziesięć kodów do przechowania na papierze. Każdy wraz z hasłem pozwala zalogować się raz, gdy telefonu lub klucza nie ma pod ręką.
security-recovery-make = Utwórz kody odzyskiwania
security-recovery-left = { $count ->
    [0] Nie pozostał żaden, utworzono { $made }
    [one] Pozostał { $count } kod, utworzono { $made }
    [few] Pozostały { $count } kody, utworzono { $made }
    [many] Pozostało { $count } kodów, utworzono { $made }
   *[other] Pozostało { $count } kodu, utworzono { $made }
}
security-recovery-have = { $count ->
    [one] Pozostał Państwu { $count } kod
    [few] Pozostały Państwu { $count } kody
    [many] Pozostało Państwu { $count } kodów
   *[other] Pozostało Państwu { $count } kodu
}
security-recovery-replace-text = Nowe kody je zastąpią: te zapisane na papierze przestaną działać.
security-recovery-once = Te kody są widoczne tylko teraz
security-recovery-keep = Proszę je wydrukować lub zapisać i przechowywać z dala od telefonu i hasła. Każdy działa raz.
security-recovery-download = Zapisz jako plik
security-recovery-kept = Kody zostały zachowane
security-recovery-filename = kody-odzyskiwania
security-recovery-file = Kody odzyskiwania dla { $email } w { $company }. Każdy działa raz, wraz z hasłem.

security-phone = Telefon do kodów
security-phone-text = Możemy wysyłać kody SMS-em na telefon. Aplikacja lub klucz dostępu są bezpieczniejsze: wiadomości można przekierować.
security-phone-add = Dodaj telefon
security-phone-number = Numer telefonu
security-phone-hint = Z numerem kierunkowym kraju, na przykład +48 601 234 567.
security-phone-wrong = To nie jest numer, na który można wysłać wiadomość. Proszę podać go z numerem kierunkowym kraju.
security-phone-send = Wyślij kod
security-phone-sent = Wysłaliśmy kod na { $to }. Proszę go wpisać, aby pokazać, że to Państwa telefon.
security-phone-confirm = Potwierdź
security-phone-other = Użyj innego numeru
security-phone-replace-text = Inny numer zastąpi go po potwierdzeniu.
security-phone-remove = Usuń telefon
security-phone-remove-text = Kody nie będą już na niego wysyłane.
security-phone-later = Teraz nie można wysłać więcej wiadomości. Następną będzie można wysłać od { $time }.

security-others = Ponadto
security-password = Zmień hasło
security-email = Zmień adres e-mail
security-sessions = Zobacz, gdzie są Państwo zalogowani

security-done-passkey-added = Klucz dostępu został dodany. Od teraz można się nim logować.
security-done-passkey-renamed = Nazwa została zapisana.
security-done-passkey-removed = Klucz dostępu został usunięty.
security-done-app-added = Aplikacja uwierzytelniająca jest ustawiona.
security-done-app-removed = Aplikacja uwierzytelniająca została usunięta.
security-done-recovery-made = Mają Państwo nowe kody odzyskiwania.
security-done-phone-added = Telefon został potwierdzony.
security-done-phone-removed = Kody nie będą już wysyłane na telefon.

## Co przeglądarka lub serwer mówi o kluczu
passkey-cancelled = To zostało przerwane lub trwało zbyt długo. Proszę spróbować ponownie albo wybrać inny sposób.
passkey-known = To urządzenie ma już klucz dostępu do tego konta.
passkey-failed = To się nie udało. Proszę spróbować ponownie albo wybrać inny sposób.
passkey-unsupported = Ta przeglądarka nie obsługuje kluczy dostępu. Proszę wybrać inny sposób.
passkey-unverified = Urządzenie nie sprawdziło, czy to Państwo. Proszę najpierw ustawić na nim PIN, odcisk palca lub twarz.
passkey-unattested = Ta organizacja przyjmuje tylko określone klucze bezpieczeństwa, a ten do nich nie należy.

## Logowanie kluczem
passkey-title = Proszę użyć klucza dostępu
passkey-for = dla { $email }
passkey-use = Użyj klucza dostępu
passkey-or = lub
passkey-sign-in = Zaloguj się kluczem dostępu
passkey-script = Klucze dostępu wymagają JavaScriptu. Proszę wybrać poniżej inny sposób.
passkey-not-known = Ten klucz dostępu nie jest tu znany. Proszę zalogować się hasłem.
passkey-copied = Ten klucz dostępu został wyłączony, bo może istnieć jego kopia. Proszę zalogować się inaczej i zajrzeć na stronę Bezpieczeństwo.
recovery-label = Kod odzyskiwania

sms-phone-code = { $company }: { $code } potwierdza Państwa telefon ({ $minutes } min). Jeśli to nie Państwo o niego prosili, proszę zignorować tę wiadomość.
