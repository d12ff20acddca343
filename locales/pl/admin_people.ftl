### Administracja: przychodzenie i odchodzenie osób, drogi powrotu, konta gdzie indziej, klucze.

## Co zrobiono
admin-done-person-disabled = Konto jest wyłączone. Wszystko, co do niego należało, zostało zakończone.
admin-done-person-enabled = Konto jest znów włączone.
admin-done-handed-over = Praca została przekazana.
admin-done-person-erased = Dane osoby zostały usunięte.
admin-done-person-invited = Zaproszono. Wiadomość z linkiem jest w drodze.
admin-done-recovery-asked = Poproszono. Decyduje inny administrator; otrzyma wiadomość.
admin-done-keys-made = Następne klucze są opublikowane. Zaczną podpisywać, gdy wszyscy zdążą je poznać.
admin-done-keys-hastened = Od teraz podpisują nowe klucze.
admin-done-key-withdrawn = Klucz został wycofany. Nic, co nim podpisano, już się nie liczy.
admin-action-person-erased = Usunięto dane osoby
admin-action-person-exported = Skopiowano dane
admin-action-person-handed-over = Przekazano pracę
admin-action-account-alarm = Zgłoszono „to nie ja”
admin-action-address-restored = Przywrócono adres e-mail
admin-action-recovery-waits = Poproszono administratora o drogę powrotu
admin-action-factors-reset = Usunięto drugie składniki
admin-action-credentials-dropped = Unieważniono wcześniejsze dane logowania

## Czego odmówiono
admin-refused-own = Nikt nie robi tego z własnym kontem. Prosimy zwrócić się do innego administratora.
admin-refused-open = Konto jest włączone. Najpierw prosimy je wyłączyć.
admin-refused-grants = Ta osoba ma co najmniej 100 dostępów. Najpierw prosimy je przekazać.
admin-refused-mails = Na ten adres wysłano dziś zbyt wiele wiadomości. Prosimy spróbować jutro.
admin-refused-keys-wait = Następne klucze już czekają. Aby użyć ich teraz, prosimy zaznaczyć „Podpisuj od razu”.
admin-refused-provider = Istnieje już dostawca o tej krótkiej nazwie. Prosimy zmienić go na jego stronie.
admin-wrong-successor-self = Prosimy wskazać kogoś innego.
admin-wrong-successor-staff = Pracownik przekazuje pracę pracownikowi.
admin-wrong-confirm = To nie jest adres e-mail tej osoby.
admin-wrong-groups = Prosimy wybrać spośród istniejących grup, najwyżej 50.
admin-wrong-roles = Prosimy podać najwyżej 50 ról, każdą do 64 znaków.
admin-wrong-scope = Prosimy wybrać, co utracono.
admin-wrong-reason = Prosimy podać powód, najwyżej 500 znaków.
admin-wrong-purpose = Prosimy wybrać, co podpisują klucze.
admin-wrong-alg = Prosimy wybrać jeden z algorytmów albo żaden.

## Całe konto
admin-leaving = To konto
admin-person-erased = Usunięte
admin-recovery-note = Dla kogoś, kto utracił to, czym się loguje. Decyduje inny administrator.
admin-hand-over-note = Dostępy, otwarte zaproszenia i miejsca w grupach przechodzą na inną osobę.
admin-export-title = Kopia danych
admin-export-note = Wszystko, co przechowujemy o tej osobie, w jednym pliku
admin-export = Pobierz
admin-export-text = Plik zawiera wszystko, co przechowujemy o: { $name }. Pobranie zostanie odnotowane i będzie widoczne dla tej osoby.
admin-export-confirm = Pobierz plik
admin-disable-title = Wyłączenie konta
admin-disable-note = Od razu i wszędzie. Konto można później włączyć.
admin-disable = Wyłącz
admin-disable-text = { $name }: nastąpi wylogowanie wszędzie, a logowanie nie będzie możliwe. Aplikacje stracą to, co otrzymały.
admin-disable-confirm = Wyłącz konto
admin-enable-title = Włączenie konta
admin-enable-note = To, co wcześniej zakończono, nie wraca.
admin-enable = Włącz
admin-enable-text = { $name }: logowanie znów będzie możliwe.
admin-enable-confirm = Włącz konto
admin-erase-title = Usunięcie danych osoby
admin-erase-note = Wszystkie dane osobowe znikną na zawsze.

admin-hand-over-title = Przekazanie pracy
admin-hand-over-lead = To, co { $name } może widzieć i robić w relacjach, zaproszenia czekające na odpowiedź i miejsca w grupach przejdą na kogoś innego.
admin-hand-over-to = Komu
admin-hand-over-to-hint = Adres e-mail współpracownika
admin-hand-over-close = Wyłącz także konto
admin-hand-over-close-hint = Gdy ktoś odchodzi
admin-hand-over-submit = Przekaż

admin-erase-heading = Usunięcie danych: { $name }
admin-erase-lead = Imię i nazwisko, adres, składniki logowania, zgody i wszystko inne, co mówi, kim jest ta osoba, zostanie usunięte bez możliwości przywrócenia. To, że coś zrobiono, pozostaje, bez wskazania osoby. W razie potrzeby prosimy najpierw pobrać kopię danych.
admin-erase-address = Adres e-mail tej osoby
admin-erase-address-hint = Aby potwierdzić, prosimy wpisać { $email }
admin-erase-submit = Usuń na zawsze

admin-recovery-title = Pomoc w powrocie
admin-recovery-lead = Decyduje inny administrator. Po zatwierdzeniu { $name } otrzyma wiadomość z linkiem do ustalenia nowego hasła.
admin-recovery-scope = Co utracono
admin-recovery-reason-hint = Dla administratora, który decyduje: skąd wiadomo, że to ta osoba?
admin-recovery-submit = Poproś

## Zapraszanie
admin-invited = Zaproszeni
admin-invited-lead = Osoby zaproszone, które jeszcze nie odpowiedziały
admin-invited-none-title = Nikt nie jest zaproszony
admin-invited-none-text = Zaproszona osoba potwierdza adres i ustala hasło za pomocą linku z wiadomości.
admin-invited-gets = Grupy i role
admin-invited-revoke-text = Link dla osoby { $name } straci ważność.
admin-invite = Zaproś osobę
admin-invite-lead = Osoba otrzyma wiadomość z linkiem, który działa raz, przez tydzień. Konto powstanie, gdy zostanie użyty.
admin-invite-email-hint = Tam trafi link. Jego użycie potwierdza adres.
admin-invite-roles-hint = Oddzielone przecinkami
admin-invite-submit = Zaproś

## Klucze
admin-key-next = Następny
admin-key-signing = Podpisuje
admin-key-retired = Zastąpiony
admin-key-withdrawn = Wycofany
admin-key-from = Podpisuje od
admin-key-gone = Opublikowany do
admin-key-rotate = Wymień klucze
admin-key-rotate-lead = Następne klucze są najpierw publikowane i zaczynają podpisywać, gdy wszyscy zdążą je poznać. To, co podpisały obecne, liczy się do wygaśnięcia.
admin-key-rotate-submit = Wymień
admin-key-alg-hint = Puste pole oznacza każdy używany algorytm.
admin-key-at-once = Podpisuj od razu
admin-key-at-once-hint = Tylko gdy aplikacje pobierają nieznany klucz albo obecny nie powinien już podpisywać.
admin-key-withdraw = Wycofaj
admin-key-withdraw-text = Dla klucza, który może mieć ktoś inny. Nic, co nim podpisano, nie będzie się liczyć; posiadacze takich tokenów zalogują się ponownie. Tego nie można cofnąć.
admin-key-withdraw-confirm = Wycofaj klucz

## Konta gdzie indziej
admin-elsewhere = Konta gdzie indziej
admin-elsewhere-none = Brak połączenia z innym dostawcą.
# $subject: identyfikator; $date: dzień i godzina
admin-elsewhere-is = { $subject }, od { $date }
admin-elsewhere-remove-text = { $name }: logowanie przez { $provider } nie będzie możliwe, a sesje tak rozpoczęte zostaną zakończone.
admin-elsewhere-provider = Dostawca
admin-elsewhere-subject = Identyfikator u dostawcy
admin-elsewhere-subject-hint = Dokładnie ten, pod którym dostawca zna tę osobę. Osoba otrzyma wiadomość.
admin-elsewhere-add = Połącz
