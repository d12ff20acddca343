### Administracja: formy uprzejme, bezosobowe. Objaśnienia w plikach angielskich.

## Rama
admin-title = Administracja
admin-nav-label = Działy administracji
admin-to-start = Strona początkowa
admin-back = Powrót do administracji
admin-nav-overview = Przegląd
admin-nav-people = Osoby
admin-nav-groups = Grupy
admin-nav-roles = Role
admin-nav-invitations = Zaproszenia
admin-nav-sessions = Sesje
admin-nav-keys = Klucze
admin-nav-audit = Dziennik audytu
admin-filter = Filtruj
admin-filter-clear = Wyczyść
admin-none-title = Nic nie pasuje
admin-none-text = Prosimy spróbować innych słów albo wyczyścić filtr.
admin-acts = Działania
admin-facts = Szczegóły
admin-all = Pokaż wszystko
admin-nothing = Na razie nic.
admin-remove = Usuń
admin-edit = Edytuj
admin-rename = Zmień nazwę
admin-latest-title = Ostatnie zdarzenia
admin-latest-lead = Co zrobiono ostatnio i kto to zrobił
admin-refusals-title = Ostatnio odrzucone
admin-refusals-lead = Błędne hasła i kody oraz to, co było niedozwolone

## Co zrobiono
admin-done-saved = Zapisano.
admin-done-person-made = Dodano. Wiadomość z linkiem do ustalenia hasła została wysłana.
admin-done-link-sent = Wiadomość została wysłana.
admin-done-sessions-ended = Wszystkie sesje zostały zakończone.
admin-done-session-ended = Sesja została zakończona.
admin-done-group-made = Utworzono grupę.
admin-done-group-deleted = Usunięto grupę.
admin-done-invitation-revoked = Zaproszenie zostało wycofane.

## Co jest odrzucane
admin-refused-title = Tego nie wykonano
admin-refused-meanwhile = Ktoś inny zmienił to w międzyczasie. Prosimy otworzyć ponownie i powtórzyć zmianę.
admin-refused-last = Nie pozostałby nikt, kto może administrować. Najpierw prosimy nadać rolę innej osobie.
admin-refused-disabled = To konto jest wyłączone. Najpierw prosimy je włączyć.
admin-refused-many = To za dużo naraz.
admin-refused-group-large = Grupa ma ponad 500 członków. Najpierw prosimy ich usunąć.
admin-refused-group-links = Dla tej grupy są odnośniki na stronie początkowej. Najpierw prosimy je zmienić.
admin-wrong-name = Prosimy podać nazwę o długości do 200 znaków.
admin-wrong-language = Prosimy wybrać jeden z czterech języków.
admin-wrong-phone = Prosimy podać numer telefonu z kodem kraju, na przykład +48 512 345 678.
admin-wrong-email = Prosimy podać adres e-mail, na przykład imie@example.com.
admin-wrong-email-taken = Ktoś ma już ten adres.
admin-wrong-person = Nikt tutaj nie ma takiego adresu.
admin-wrong-role = Prosimy podać rolę o długości do 100 znaków.
admin-wrong-group-name = Prosimy podać nazwę o długości do 100 znaków.
admin-wrong-group-taken = Istnieje już grupa o tej nazwie.

## Osoby
admin-name = Nazwa
admin-email = Adres e-mail
admin-phone = Telefon
admin-phone-hint = Na kody SMS, gdy właściciel potwierdzi numer
admin-language = Język
admin-since = Od
admin-changed = Ostatnia zmiana
admin-id = Identyfikator
admin-staff = Pracuje tutaj
admin-staff-all = Wszyscy
admin-staff-true = Personel
admin-staff-false = Osoba z zewnątrz
admin-staff-tick = Pracuje tutaj
admin-staff-hint = Personel widzi to, co pokazują role; osoby z zewnątrz tylko to, co otwiera portal lub nadany dostęp.
admin-active = Może się logować
admin-active-all = Wszystkie konta
admin-active-true = Włączone
admin-active-false = Wyłączone
admin-people-lead = Wszyscy, którzy mają tu konto
admin-people-search = Nazwa lub adres e-mail
admin-people-new = Dodaj osobę
admin-people-new-lead = Osoba otrzyma wiadomość z linkiem do ustalenia hasła. Nikt inny nigdy go nie zobaczy.
admin-people-email-hint = Tam trafi link i tym adresem osoba będzie się logować
admin-people-create = Dodaj
admin-people-none-title = Nikogo jeszcze nie ma
admin-people-none-text = Prosimy dodać pierwszą osobę.
admin-proven = potwierdzony
admin-unproven = niepotwierdzony
admin-factors = Loguje się przez
admin-factor-password = Hasło
admin-factor-authenticator = Aplikacja uwierzytelniająca
admin-password-link = Wyślij link do hasła
admin-password-link-text = { $name } otrzyma wiadomość z linkiem do ustalenia nowego hasła. Do czasu jego użycia obowiązuje obecne hasło.
admin-password-link-confirm = Wyślij
admin-end-sessions = Zakończ wszystkie sesje
admin-end-sessions-text = { $name }: wylogowanie wszędzie, z każdej aplikacji.
admin-end-sessions-confirm = Zakończ
admin-activity = Aktywność
admin-person-groups-none = Nie należy do żadnej grupy.
admin-person-roles-none = Brak ról.
admin-roles-person-lead = To, co rola pokazuje i na co pozwala, ustala się w kartotece.
admin-role-by-group = Przez grupę { $group }
admin-role-known = Na przykład { $roles }

## Grupy i role
admin-group = Grupa
admin-group-add = Dodaj do tej grupy
admin-groups-lead = Osoby razem, dla ról, dostępu i aplikacji
admin-groups-search = Nazwa grupy
admin-groups-new = Utwórz grupę
admin-groups-create = Utwórz
admin-groups-none-title = Nie ma jeszcze grup
admin-groups-none-text = Grupa nadaje kilku osobom rolę lub dostęp w jednym kroku.
admin-members = Członkowie
admin-members-none = W tej grupie nie ma nikogo.
admin-member-email = Adres e-mail osoby
admin-member-add = Dodaj do grupy
admin-member-remove-text = { $name } opuści grupę { $group } i straci to, co ona otwiera.
admin-group-delete = Usuń
admin-group-delete-text = Grupa { $name } zniknie wraz z rolami i dostępem, które dawała. Osoby pozostaną.
admin-group-delete-confirm = Usuń grupę
admin-group-roles-none = Grupa nie ma roli.
admin-roles-lead = Kto ma jaką rolę. To, co rola pokazuje i na co pozwala, ustala się w kartotece.
admin-roles-group-lead = Wszyscy w grupie mają te role.
admin-roles-none-title = Nikt nie ma jeszcze roli
admin-roles-none-text = Rolę nadaje się na stronie osoby lub grupy.
admin-role = Rola
admin-role-admin = Administruje
admin-role-give = Nadaj rolę
admin-role-give-group = Nadaj grupie
admin-role-take-text = { $name } traci rolę { $role } od razu i wszędzie.
admin-role-people-none = Nikt nie ma jej bezpośrednio.
admin-role-groups-none = Żadna grupa jej nie ma.

## Sesje, zaproszenia, klucze
admin-sessions-lead = Kto jest teraz zalogowany i skąd
admin-sessions-one = Sesje jednej osoby
admin-sessions-none-title = Nikt nie jest zalogowany
admin-sessions-none-text = Sesje pojawiają się tu, gdy ktoś się zaloguje.
admin-person = Osoba
admin-signed-in = Zalogowano
admin-strength = Sposób
admin-address = Adres sieciowy
admin-browser = Przeglądarka
admin-session-own = Ta sesja
admin-session-end = Zakończ
admin-session-end-text = { $name }: wylogowanie z tej sesji, z każdej aplikacji.
admin-session-end-confirm = Zakończ sesję
admin-acr-password-mail = Hasło i kod z e-maila
admin-acr-password-sms = Hasło i kod SMS
admin-acr-password-app = Hasło i aplikacja uwierzytelniająca
admin-acr-passkey = Klucz dostępu
admin-acr-one-factor = Tylko jeden składnik
admin-invitations-lead = Zaproszenia do kontrahentów, przez link w e-mailu
admin-invitations-none-title = Brak zaproszeń
admin-invitations-none-text = Tworzy się je na karcie Dostęp kontrahenta.
admin-state = Stan
admin-relation = Kontrahent
admin-level = Poziom
admin-made = Utworzono
admin-until = Ważne do
admin-invitation-all = Wszystkie
admin-invitation-open = Otwarte
admin-invitation-accepted = Przyjęte
admin-invitation-expired = Wygasłe
admin-invitation-revoked = Wycofane
admin-invitation-revoke = Wycofaj
admin-invitation-revoke-text = Link dla osoby { $name } straci ważność. Jeśli zaproszenie przyjęto, skończy się też to, co dawało.
admin-invitation-revoke-confirm = Wycofaj
admin-keys-lead = Czym podpisywane są tokeny i potwierdzenia. Klucze prywatne są zaszyfrowane i nigdzie niewidoczne.
admin-key-alg = Algorytm
admin-key-purpose = Podpisuje
admin-key-token = Tokeny
admin-key-receipt = Potwierdzenia
admin-key-signs = W użyciu
admin-key-retired = Wycofany
admin-key-until = Podpisywał do

## Zasady
admin-minutes = { $count ->
    [one] Jedna minuta
    [few] { $count } minuty
    [many] { $count } minut
   *[other] { $count } minuty
}
admin-days = { $count ->
    [one] Jeden dzień
    [few] { $count } dni
    [many] { $count } dni
   *[other] { $count } dnia
}
admin-nav-policies = Zasady
admin-policies-lead = Czego wymaga logowanie. Ze wszystkich obowiązujących zasad wygrywa najsurowsza.
admin-policy-lead = Pola puste mogą określać inne zasady. Obowiązuje od następnego logowania i dla wszystkiego, co zostanie odtąd wydane.
admin-policy-for = Dla kogo
admin-policy-everyone = Wszyscy
admin-policy-staff = Personel
admin-policy-externals = Osoby z zewnątrz
admin-policy-group = Grupa { $name }
admin-policy-application = Aplikacja { $name }
admin-policy-factors = Uznawane drugie składniki
admin-policy-factors-hint = Niczego nie zaznaczać, aby zostawić to innym zasadom.
admin-policy-least = Co najmniej tak silne jak
admin-policy-least-hint = Kartoteka nigdy nie przyjmuje tylko jednego składnika.
admin-policy-every = Ponowne logowanie po minutach
admin-policy-every-hint = Co najmniej 5 minut
admin-policy-remember = Pamiętaj urządzenie przez dni
admin-policy-remember-hint = Na zapamiętanym urządzeniu drugi składnik nie jest ponownie wymagany. 0 oznacza nigdy.
admin-never = Nigdy
admin-factor-passkey = Klucz dostępu
admin-factor-sms = Kod SMS
admin-factor-mail = Kod z e-maila
admin-factor-recovery = Kod odzyskiwania
admin-wrong-factors = Prosimy wybrać co najmniej jeden składnik, który może być drugi.
admin-wrong-level = Prosimy wybrać jeden z poziomów.
admin-wrong-every = Prosimy podać od 5 minut do roku.
admin-wrong-remember = Prosimy podać od 0 do 365 dni.
admin-wrong-reach = Żaden z uznawanych tu składników nie jest tak silny.
admin-action-policy-set = Ustalono zasady

## Odnośniki
admin-nav-links = Odnośniki
admin-links-lead = Co oprócz aplikacji jest na stronie początkowej i dla kogo
admin-links-new = Dodaj odnośnik
admin-links-none-title = Nie ma jeszcze odnośników
admin-links-none-text = Odnośnik otwiera stronę, która nie wie o tym logowaniu.
admin-link-title = Tytuł
admin-link-title-hint = Dla wszystkich języków, które nie mają poniżej własnego tytułu
admin-link-address = Adres strony
admin-link-description = Opis
admin-link-everyone = Wszyscy
admin-link-group = Grupa
admin-link-person = Osoba
admin-link-relation = Kontrahent
admin-link-of-group = Grupa { $name }
admin-link-of-person = { $name }
admin-link-of-relation = Kontrahent { $name }
admin-link-group-hint = Tylko dla grupy
admin-link-whom = Osoba lub kontrahent
admin-link-whom-hint = Adres e-mail albo identyfikator kontrahenta
admin-link-active = Pokazuj
admin-link-hidden = Ukryty
admin-link-remove-text = { $name } zniknie ze strony początkowej.
admin-done-link-removed = Usunięto odnośnik.
admin-wrong-link-title = Prosimy podać tytuł o długości do 100 znaków.
admin-wrong-link-description = Prosimy podać jeden wiersz o długości do 200 znaków.
admin-wrong-link-address = Prosimy podać adres strony, na przykład https://example.com/.
admin-wrong-whom = Nie ma takiej osoby, grupy ani kontrahenta.

## Dziennik audytu
admin-audit-lead = { $count ->
    [one] Jeden wiersz w łańcuchu: późniejsza zmiana lub usunięcie wyjdzie na jaw
    [few] { $count } wiersze w łańcuchu: późniejsza zmiana lub usunięcie wyjdzie na jaw
    [many] { $count } wierszy w łańcuchu: późniejsza zmiana lub usunięcie wyjdzie na jaw
   *[other] { $count } wiersza w łańcuchu: późniejsza zmiana lub usunięcie wyjdzie na jaw
}
admin-audit-search = Filtrowanie dziennika audytu
admin-audit-action = Co
admin-audit-outcome = Wynik
admin-audit-since = Od dnia
admin-audit-until = Do dnia
admin-audit-about = Przez lub wobec (identyfikator)
admin-audit-none-title = Nic jeszcze nie zrobiono
admin-audit-none-text = Każda zmiana i każde logowanie zostawia tu wiersz.
admin-audit-line = Wiersz { $line }: { $what }
admin-export-csv = Eksport CSV
admin-export-jsonl = Eksport JSON
admin-what = Co
admin-when = Kiedy
admin-who = Kto
admin-whom = Wobec czego lub kogo
admin-detail = Szczegóły
admin-client = Przez aplikację
admin-request = Żądanie
admin-action = Działanie
admin-digest = Skrót łańcucha
admin-erased = Usunięto wraz z osobą
admin-erased-label = Usunięto
admin-erased-text = Dane osobowe tego wiersza usunięto. Łańcuch nadal się zgadza.
admin-actor-none = Nieznany
admin-outcome-all = Wszystkie
admin-outcome-ok = Wykonano
admin-outcome-refused = Odrzucono
admin-actions-all = Wszystko
admin-actions-signin = Logowanie
admin-actions-session = Sesje
admin-actions-password = Hasła
admin-actions-person = Osoby
admin-actions-group = Grupy
admin-actions-member = Członkowie
admin-actions-role = Role
admin-actions-grant = Dostęp do kontrahentów
admin-actions-invitation = Zaproszenia
admin-actions-client = Aplikacje
admin-actions-issue = Tokeny
admin-actions-link = Odnośniki
admin-actions-challenge = Kody przy zmianach
admin-action-signin-password = Podano hasło
admin-action-signin-code = Podano kod
admin-action-session-ended = Zakończono sesję
admin-action-password-chosen = Ustalono hasło
admin-action-password-set = Hasło ustawiono z pliku
admin-action-authenticator-set = Aplikację uwierzytelniającą ustawiono z pliku
admin-action-person-created = Dodano osobę
admin-action-person-changed = Zmieniono dane osoby
admin-action-person-disabled = Wyłączono konto osoby
admin-action-person-enabled = Włączono konto osoby
admin-action-person-invited = Wysłano link do hasła
admin-action-group-created = Utworzono grupę
admin-action-group-renamed = Zmieniono nazwę grupy
admin-action-group-deleted = Usunięto grupę
admin-action-member-added = Dodano do grupy
admin-action-member-removed = Usunięto z grupy
admin-action-role-given = Nadano rolę
admin-action-role-taken = Odebrano rolę
admin-action-grant-given = Nadano dostęp
admin-action-grant-changed = Zmieniono dostęp
admin-action-grant-taken = Odebrano dostęp
admin-action-invitation-made = Zaproszono
admin-action-invitation-accepted = Przyjęto zaproszenie
admin-action-invitation-revoked = Wycofano zaproszenie
admin-action-client-created = Dodano aplikację
admin-action-client-changed = Zmieniono aplikację
admin-action-client-disabled = Wyłączono aplikację
admin-action-client-enabled = Włączono aplikację
admin-action-client-limited = Ograniczono dostęp do aplikacji
admin-action-client-opened = Otwarto aplikację dla wszystkich
admin-action-client-allowed = Pozwolono używać aplikacji
admin-action-client-disallowed = Nie można już używać aplikacji
admin-action-issue-revoked = Unieważniono tokeny
admin-action-link-made = Utworzono odnośnik
admin-action-link-changed = Zmieniono odnośnik
admin-action-link-removed = Usunięto odnośnik
admin-action-authorization-given = Zalogowano do aplikacji
admin-action-authorization-refused = Odmówiono wejścia do aplikacji
admin-action-challenge-requested = Poproszono o kod
admin-action-challenge-sent = Wysłano kod
admin-action-challenge-resend = Wysłano kod ponownie
admin-action-challenge-attempt = Podano kod przy zmianie
admin-action-challenge-void = Kod unieważniono
admin-action-receipt-issued = Wystawiono potwierdzenie
