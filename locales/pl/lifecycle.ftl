### Konto od początku do końca.

notice-password-changed = Zmieniono hasło
notice-password-reset = Ustawiono nowe hasło
notice-email-changed = Zmieniono adres e-mail
notice-phone-changed = Zmieniono numer telefonu
notice-authenticator-added = Ustawiono aplikację uwierzytelniającą
notice-authenticator-removed = Usunięto aplikację uwierzytelniającą
notice-passkey-added = Dodano klucz dostępu: { $name }
notice-passkey-removed = Usunięto klucz dostępu: { $name }
notice-recovery-codes-made = Utworzono nowe kody odzyskiwania
notice-recovery-code-used = Użyto kodu odzyskiwania
notice-new-device = Logowanie w nowej przeglądarce
notice-factors-reset = Usunięto drugie składniki logowania
notice-account-linked = Połączono konto u innego dostawcy: { $name }
notice-hello = Dzień dobry, { $name }!
notice-at =
    { $what } ({ $company }).

    Kiedy: { $at }
notice-where = Przeglądarka: { $device }, adres: { $ip }
notice-not-me =
    Jeśli to Państwo, nie trzeba nic robić.

    Jeśli to nie Państwo, proszę zatrzymać to tutaj, do { $until }:

    { $link }

    Wszystkie przeglądarki zostaną wylogowane, hasło zablokowane, a administratorzy powiadomieni.

not-me-title = To nie Państwo?
not-me-what = Po zatrzymaniu:
not-me-what-sessions = wszystkie przeglądarki i aplikacje zostaną wylogowane;
not-me-what-password = hasło przestanie działać, dopóki nie zostanie wybrane nowe;
not-me-what-factors = to, co od tego czasu dodano do konta, zostanie usunięte, a zmieniony adres e-mail przywrócony;
not-me-what-told = administratorzy zostaną powiadomieni.
not-me-submit = Zatrzymaj
not-me-otherwise = Jeśli to jednak Państwo, proszę zamknąć tę stronę. Nic się jeszcze nie stało.
not-me-done-title = Zatrzymano
not-me-done-text = Wszystkie przeglądarki zostały wylogowane, a hasło już nie działa. Administratorzy zostali powiadomieni.
not-me-done-next = Wybierz nowe hasło
not-me-void-text = Ten link jest zbyt stary, by cokolwiek zatrzymać. Jeśli na koncie jest ktoś inny, proszę teraz wybrać nowe hasło i powiadomić administratora.

mail-alarm-subject = { $person }: „to nie ja”
mail-alarm-body =
    Dzień dobry, { $name }!

    { $person } ({ $email }) – ta osoba otrzymała powiadomienie i twierdzi, że to był ktoś inny:

    { $what }
    { $at }
    { $where }

    Konto zostało wszędzie wylogowane, a hasło zablokowane. Przed pomocą w ponownym otwarciu konta proszę ustalić, jak do tego doszło.

account-email-text = Na oba adresy wyślemy link. Nowym adresem można się logować po potwierdzeniu obu; do tego czasu nic się nie zmienia.
account-email-new = Nowy adres e-mail
account-email-submit = Wyślij oba linki
account-email-same = To jest obecny adres.
account-email-too-many = Zbyt wiele zmian. Ponownie można poprosić od { $time }.
account-email-waiting = Czeka na potwierdzenie: { $address }
account-email-waiting-text = Proszę otworzyć linki z obu wiadomości do { $until }.
account-email-proven = potwierdzony
account-email-missing = jeszcze niepotwierdzony
account-email-cancel = Zrezygnuj z tej zmiany
address-old-title = Zmienić adres e-mail?
address-old-text = Obecny adres logowania: { $present }. Nowy adres logowania, o który poproszono: { $address }.
address-new-title = Czy to Państwa adres?
address-new-text = Do konta { $present } będzie się odtąd logować adresem { $address }.
address-submit = Tak, potwierdzam
address-waiting-title = Potwierdzono
address-waiting-text = Teraz proszę otworzyć link wysłany na adres { $address }. Do tego czasu nic się nie zmienia.
address-changed-title = Adres e-mail został zmieniony
address-changed-text = Odtąd adresem logowania jest { $address }.
address-taken-title = Tego adresu nie można użyć
address-taken-text = Istnieje już konto z adresem { $address }. Nic nie zmieniono.
address-void-text = Link został użyty, wygasł albo od tego czasu poproszono o inną zmianę. Jego otwarcie niczego nie zmieniło.
mail-address-old-subject = Proszę potwierdzić zmianę adresu e-mail
mail-address-old-body =
    Dzień dobry, { $name }!

    Ktoś zalogowany na Państwa konto w { $company } poprosił o inny adres e-mail: { $address }. Jeśli to Państwo, proszę potwierdzić to tutaj do { $until }:

    { $link }

    Jeśli to nie Państwo, proszę nie otwierać linku: na koncie jest ktoś inny. Proszę zmienić hasło i powiadomić administratora.
mail-address-new-subject = Proszę potwierdzić adres e-mail dla { $company }
mail-address-new-body =
    Dzień dobry, { $name }!

    Do konta { $address } w { $company } ma się odtąd logować tym adresem. Jeśli to Państwa konto, proszę potwierdzić to tutaj do { $until }:

    { $link }

    Jeśli nic Państwo o tym nie wiedzą, proszę zostawić tę wiadomość bez odpowiedzi; nic się wtedy nie stanie.
mail-address-taken-subject = W sprawie adresu e-mail w { $company }
mail-address-taken-body =
    Dzień dobry, { $name }!

    Poproszono, aby do konta { $address } w { $company } logować się odtąd tym adresem. Mają już Państwo konto z tym adresem, więc nic się nie zmienia.

    Jeśli to Państwo, proszę korzystać z istniejącego konta. Jeśli nie, nie trzeba nic robić.

account-password-change = Zmiana hasła
account-password-done = Hasło zostało zmienione.
account-password-done-text = Wszędzie indziej konto zostało wylogowane.

recover-title = Odzyskiwanie dostępu do konta

recover-text = Proszę podać adres e-mail używany do logowania. Wyślemy na niego link, a po jego otwarciu poprosimy o jeszcze jedno potwierdzenie tożsamości, bo sama skrzynka pocztowa nie wystarczy.
recover-submit = Wyślij link
recover-back = Powrót do logowania
recover-sent-title = Proszę sprawdzić pocztę
recover-sent-text = Jeśli istnieje konto z adresem { $email }, wiadomość jest już w drodze. Link działa przez godzinę.
recover-prove-title = Proszę potwierdzić, że to Państwo
recover-prove-text = Do konta { $email } sam link nie wystarczy. Proszę wybrać jeden ze sposobów.
recover-authenticator = Z aplikacji uwierzytelniającej.
recover-code = Kod odzyskiwania
recover-code-hint = Jeden z zachowanych wcześniej kodów.
recover-sms = Kod SMS-em
recover-sms-hint = Na numer { $to }.
recover-sms-send = Wyślij kod
recover-sms-sent = Kod jest w drodze.
recover-exhausted = Zbyt wiele błędnych kodów. Proszę poprosić o nowy link albo zwrócić się do administratora.
recover-ask-title = Prośba do administratora
recover-ask-text = Administrator, który Państwa zna, sprawdzi prośbę i wyrazi zgodę. Wtedy wyślemy kolejną wiadomość.
recover-lost = Co zostało utracone
recover-scope-password = Hasło
recover-scope-factors = Hasło i drugi składnik (aplikacja, klucz lub telefon)
recover-reason = Do administratora
recover-reason-hint = Na przykład jak można oddzwonić.
recover-ask-submit = Wyślij prośbę
recover-waiting-title = Poproszono administratora
recover-waiting-text = Po decyzji wyślemy wiadomość na adres { $email }, najpóźniej { $until }.
recover-refused-title = Odmowa
recover-refused-text = Administrator odmówił otwarcia konta w ten sposób. Proszę skontaktować się z administratorem.
recover-factors-go = Wraz z nowym hasłem drugie składniki zostaną usunięte. Nowe ustawia się zaraz potem.
recover-void-text = Link został użyty, wygasł albo od tego czasu poproszono o inny. Proszę poprosić o nowy.
mail-recover-subject = Odzyskiwanie dostępu do konta w { $company }
mail-recover-body =
    Dzień dobry, { $name }!

    Ktoś poprosił o odzyskanie dostępu do Państwa konta w { $company }. Jeśli to Państwo, proszę kontynuować tutaj, do { $until }:

    { $link }

    Jeśli to nie Państwo, nie trzeba nic robić: sam ten link niczego nie otwiera.
mail-recover-approved-subject = Państwa konto w { $company }: zgoda
mail-recover-approved-body =
    Dzień dobry, { $name }!

    Administrator { $company } wyraził zgodę. Proszę wybrać tutaj nowe hasło, do { $until }:

    { $link }
mail-recover-refused-subject = Państwa konto w { $company }: odmowa
mail-recover-refused-body =
    Dzień dobry, { $name }!

    Administrator { $company } odmówił otwarcia konta w ten sposób. Proszę skontaktować się z administratorem.
mail-recover-asked-subject = Prośba o odzyskanie dostępu do konta w { $company }
mail-recover-asked-body =
    Dzień dobry, { $name }!

    { $person } ({ $email }) prosi o odzyskanie dostępu do konta w { $company }.

    Utracono: { $scope }
    Własnymi słowami: { $reason }

    Proszę upewnić się, że to naprawdę ta osoba: oddzwonić na znany numer. Następnie proszę podjąć decyzję tutaj, do { $until }:

    { $link }
sms-recover-code = { $company }: { $code } to kod do odzyskania konta ({ $minutes } min). Proszę nikomu go nie podawać.

register-title = Utworzenie konta
register-text = W { $company }. Adres potwierdzimy wiadomością e-mail.
register-sent-text = Wiadomość na adres { $email } mówi, co dalej.
register-domain = Można tu używać tylko adresów wybranych organizacji. Proszę podać adres służbowy albo poprosić o zaproszenie.
welcome-title = Witamy
welcome-text = Dzień dobry, { $name }. Proszę wybrać hasło; adres logowania to { $email }.
welcome-known-title = Konto już istnieje
welcome-known-text = Istnieje już konto z tym adresem. Proszę się na nie zalogować; jeśli hasło zostało utracone, dostęp można odzyskać.
mail-welcome-subject = Zaproszenie od { $company }
mail-welcome-body =
    Dzień dobry, { $name }!

    { $company } zaprasza do utworzenia konta. Proszę zacząć tutaj:

    { $link }

    Link działa jeden raz, do { $until }. Jest przeznaczony wyłącznie dla Państwa: proszę go nie przekazywać.
mail-register-subject = Proszę potwierdzić adres e-mail dla { $company }
mail-register-body =
    Dzień dobry, { $name }!

    Poproszono o konto w { $company }. Proszę potwierdzić tutaj adres i wybrać hasło, do { $until }:

    { $link }

    Jeśli nic Państwo o tym nie wiedzą, proszę zostawić tę wiadomość bez odpowiedzi; nic się wtedy nie stanie.
mail-registered-subject = Konto w { $company } już istnieje
mail-registered-body =
    Dzień dobry, { $name }!

    Ktoś poprosił o konto w { $company } z tym adresem, ale takie konto już istnieje. Proszę zalogować się tutaj:

    { $link }

    Jeśli hasło zostało utracone, dostęp można odzyskać: { $recover }

    Jeśli to nie Państwo, nie trzeba nic robić.
