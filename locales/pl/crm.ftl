### Kartoteka: działy, listy, formularze, teczka, oczekiwanie na kod oraz sprawdzanie potwierdzenia.

## Ramka i działy
crm-nav-label = Działy
crm-nav-more = Więcej
crm-search-label = Szukaj
crm-search-placeholder = Szukaj firm, osób, numerów
crm-section-overview = Przegląd
crm-section-relations = Kontrahenci
crm-section-contacts = Kontakty
crm-section-deliveries = Dostawy
crm-section-quotes = Oferty
crm-section-activities = Czynności
crm-section-notes = Notatki
crm-section-documents = Dokumenty

## Przegląd
overview-title = Przegląd
overview-todo = Do zrobienia
overview-todo-none = Nie ma nic do zrobienia. Zadania pojawią się tutaj.
overview-pending = Czeka na kod
overview-pending-none = Żadna zmiana nie czeka na kod.
overview-pending-item = { $name } · kod wysłany na { $to }
overview-sealed = Ostatnio opieczętowane
overview-sealed-none = Nic jeszcze nie opieczętowano.
overview-recent = Ostatnio zmienione
overview-recent-none = Nic się jeszcze nie zmieniło.

## Listy
crm-new = Nowy wpis
crm-new-relation = Nowy kontrahent
crm-new-contact = Nowy kontakt
crm-new-delivery = Nowa dostawa
crm-new-quote = Nowa oferta
crm-new-activity = Nowa czynność
crm-new-note = Nowa notatka
crm-new-document = Nowy dokument
crm-new-in = Nowy wpis: { $section }
crm-name = Nazwa
crm-number = Numer
crm-status = Stan
crm-date = Data
crm-amount = Kwota
crm-today = dziś
crm-tomorrow = jutro
crm-yesterday = wczoraj
crm-internal = Wewnętrzne
crm-keys-hint = Klawisze: j i k przechodzą po liście, Enter otwiera, e edytuje, / szuka.
crm-filter-label = Filtry
crm-filter-add = Dodaj filtr
crm-filter-remove = Usuń ten filtr
crm-filter-clear = Usuń wszystkie filtry
crm-filter-apply = Pokaż
crm-filter-mine = Tylko moje
crm-search-title = Wyniki dla „{ $query }”
crm-search-none-title = Nic nie znaleziono
crm-search-none-text = Nic, co jest dla Państwa widoczne, nie pasuje do „{ $query }”. Proszę sprawdzić pisownię lub wyszukać fragment.
crm-filter-none-title = Nic nie pasuje do tych filtrów
crm-filter-none-text = Usunięcie jednego z nich pokaże więcej.
crm-empty-relations-title = Nie ma jeszcze kontrahentów
crm-empty-relations-text = Tu znajdą się firmy i osoby, z którymi prowadzą Państwo interesy.
crm-empty-contacts-title = Nie ma jeszcze kontaktów
crm-empty-contacts-text = Tu znajdą się osoby u kontrahentów.
crm-empty-deliveries-title = Nie ma jeszcze dostaw
crm-empty-deliveries-text = Tu znajdzie się to, co jedzie do klienta: od planu do doręczenia.
crm-empty-quotes-title = Nie ma jeszcze ofert
crm-empty-quotes-text = Tu znajdzie się to, co zaoferowano klientom, i co z tego wynikło.
crm-empty-activities-title = Nie ma jeszcze czynności
crm-empty-activities-text = Tu znajdą się zadania, rozmowy, spotkania i listy.
crm-empty-notes-title = Nie ma jeszcze notatek
crm-empty-notes-text = Tu znajdzie się to, co powiedziano i uzgodniono.
crm-empty-documents-title = Nie ma jeszcze dokumentów
crm-empty-documents-text = Tu znajdą się umowy, pisma i rysunki.
crm-empty-title = Nic tu jeszcze nie ma
crm-empty-text = Pierwszy wpis pojawi się tutaj.

## Jeden wpis
crm-edit = Edytuj
crm-delete = Usuń
crm-history = Historia
crm-version = Wersja { $number }
crm-version-by = { $name }, { $at }
crm-history-none = Bez zmian od utworzenia.
crm-history-created = – utworzenie wpisu
crm-history-changed = – zmiana wpisu
crm-history-deleted = – usunięcie wpisu
crm-last-changed = Ostatnia zmiana: { $name }, { $at }
crm-saved = Zapisano.
crm-details = Dane

## Formularz
crm-edit-title = Edycja: { $name }
crm-changed-meanwhile-title = Ktoś zapisał to w międzyczasie
crm-changed-meanwhile-text = Zmiana: { $name }, { $at }. Wpisane wartości są nadal w formularzu: proszę je porównać i zapisać ponownie.
crm-delete-title = Usunąć?
crm-delete-text = { $name } zniknie ze wszystkich list. Administrator może to przywrócić.
crm-read-only = Można to czytać, ale nie zmieniać.

## Teczka
dossier-tabs-label = Części teczki
dossier-timeline = Oś czasu
dossier-timeline-none = Nic się jeszcze nie wydarzyło. Tu pojawi się to, co zostanie zapisane, zaplanowane lub napisane o tym kontrahencie.
dossier-facts = Dane
dossier-actions = Otwarte zadania
dossier-actions-none = Nie ma otwartych zadań.
dossier-add = Dodaj do teczki
dossier-all-kinds = Wszystkie rodzaje
dossier-everyone = Wszyscy
dossier-people-label = Kto to zrobił
dossier-changed-by = – zmiana: { $name }, { $at }
dossier-created-by = – utworzenie: { $name }, { $at }

## Kim Państwo są
who-title = Moje dane
who-text = Sposób zalogowania oraz role, od których zależy, co tu widać i co wolno.
who-technical = Dla pomocy technicznej
who-name = Imię i nazwisko
who-subject = Identyfikator
who-roles = Role
who-roles-none = Nie przydzielono tu jeszcze żadnej roli. Proszę zwrócić się do administratora.
who-strength = Sposób logowania
who-strength-mail = Hasło i kod z e-maila
who-strength-sms = Hasło i kod z SMS-a
who-strength-authenticator = Hasło i aplikacja uwierzytelniająca
who-strength-passkey = Klucz dostępu
who-strength-password = Samo hasło
who-signed-in-at = Zalogowano
who-revision = Stan uprawnień

## Oczekiwanie na kod
ask-title = Proszę wpisać kod klienta
ask-text = Kod wysłano na { $to }. Ma go { $name } – proszę o niego zapytać.
ask-text-unnamed = Kod wysłano na { $to }. Proszę o niego zapytać odbiorcę.
ask-sending = Kod jest w drodze.
ask-send-failed-title = Nie udało się doręczyć kodu
ask-send-failed-text = Proszę sprawdzić dane kontaktowe z kimś z zespołu albo spróbować później. Nic się nie zmieniło.
ask-rule = Wymaga tego reguła { $by }
ask-confirm = Potwierdź
ask-cancel = Anuluj zmianę
ask-waiting-title = { $name } – oczekiwanie na kod
ask-waiting-text = Dopóki kod nie zostanie wpisany, nic się nie zmieni.
ask-expired-title = Ten kod wygasł
ask-expired-text = Nic się nie zmieniło. Proszę poprosić o nowy kod albo anulować.
ask-expired-left = { $count ->
    [0] Ten kod wygasł, a nowego nie można teraz wysłać.
    [one] Ten kod wygasł. Proszę poprosić o nowy; można to zrobić jeszcze 1 raz.
   *[other] Ten kod wygasł. Proszę poprosić o nowy; można to zrobić jeszcze { $count } razy.
}
ask-exhausted-title = Zbyt wiele nieprawidłowych kodów
ask-exhausted-text = Tej zmiany nie można już potwierdzić; nic się nie zmieniło. Proszę zacząć od nowa lub zwrócić się do przełożonego.
ask-limit-title = Nie można wysłać więcej kodów
ask-limit-text = Osiągnięto limit dla tego wpisu i tej zmiany. Proszę zwrócić się do przełożonego.
ask-void-title = Ta zmiana jest nieważna
ask-void-text = Nic się nie zmieniło. Proszę zacząć od nowa z obecnymi wartościami.
ask-void-record-changed = Wpis został w międzyczasie zmieniony.
ask-void-rule-changed = Reguła, która wymagała kodu, została w międzyczasie zmieniona.
ask-void-rights = Brak już uprawnień do tej zmiany.
ask-void-recipient = Dane kontaktowe zostały w międzyczasie zmienione.
ask-void-time = Wykonanie trwało zbyt długo.
ask-cancelled-title = Zmiana została anulowana
ask-cancelled-text = Nic się nie zmieniło.
ask-done = Potwierdzono i zapisano.
ask-busy = Serwer logowania chwilowo nie odpowiada. Jeśli kod był poprawny, zmiana zapisze się sama; jeśli nie, proszę za chwilę wpisać go ponownie.

## Pieczęć
seal-text = Potwierdzono z { $to }, { $at }

## Sprawdzanie potwierdzenia
receipt-title = Sprawdzanie potwierdzenia
receipt-genuine = To potwierdzenie jest autentyczne
receipt-not-genuine = To potwierdzenie nie jest autentyczne
receipt-what = { $company }: zmianę wprowadzono po potwierdzeniu jej kodem.
receipt-intro = Potwierdzenie dowodzi, że zmianę potwierdzono kodem. Tutaj można sprawdzić, czy jest autentyczne.
receipt-input = Potwierdzenie
receipt-input-hint = Proszę otworzyć otrzymany plik w edytorze tekstu i wkleić tu całą jego treść.
receipt-submit = Sprawdź
receipt-missing = Najpierw proszę wkleić potwierdzenie.
receipt-confirmed-at = Potwierdzono
receipt-applied-at = Wykonano
receipt-confirmed-by = Sposób potwierdzenia
receipt-confirmed-with = Sposób potwierdzenia
receipt-by-sms = kod wysłany SMS-em na { $to }
receipt-by-mail = kod wysłany e-mailem na { $to }
receipt-entered-by = Kod wpisany przez
receipt-rule = Reguła
receipt-rule-version = { $name }, wersja { $version }
receipt-record = Wpis
receipt-chain = W łańcuchu wpisu
receipt-chain-number = Potwierdzenie nr { $number } tego wpisu
receipt-chain-whole = Przed nim niczego nie brakuje.
receipt-chain-of = Numer { $number } z { $count }, niczego nie brakuje
receipt-covered = Objęte punktem kontrolnym nr { $number }
receipt-by-sms-hidden = kod wysłany SMS-em
receipt-by-mail-hidden = kod wysłany e-mailem
receipt-own-copy = Treści zmiany tu nie widać, bo strona jest publiczna. Aby ją zobaczyć, proszę wkleić własną kopię potwierdzenia.
receipt-check-another = Sprawdź potwierdzenie
receipt-hidden = nieujawnione
receipt-hidden-text = W tej kopii pominięto niektóre wartości. Potwierdzenie jest tak samo ważne.
receipt-why-malformed = To nie jest potwierdzenie albo brakuje jego części. Proszę skopiować je ponownie w całości.
receipt-why-signature = Podpis nie pasuje do treści: zmieniono ją po wydaniu albo nigdy nie wydano jej tutaj.
receipt-why-key = Podpisano je kluczem, który nie jest nasz.
receipt-why-issuer = Wydał je ktoś inny.
receipt-why-disclosure = Ujawniona wartość nie należy do tego potwierdzenia.
receipt-why-not-applied = Zmianę potwierdzono, ale jej nie wykonano.
receipt-why-unknown = Podpis pasuje, ale takiego potwierdzenia tu nie odnotowano.
receipt-why-chain = Potwierdzenia tego wpisu nie następują po sobie: jednego brakuje albo zostało podmienione.
receipt-do = Proszę na nim nie polegać. O nową kopię proszę poprosić firmę, od której pochodzi.
receipt-download = Pobierz
receipt-print = Drukuj
receipt-not-me = To nie ja
receipt-not-me-text = Proszę od razu powiadomić firmę, podając numer potwierdzenia.
receipt-technical = Dla sprawdzających podpisy
receipt-technical-text = Potwierdzenie ma postać SD-JWT (RFC 9901). Jego wartości można usunąć bez naruszania podpisu i łańcucha.
receipt-key = Klucz
receipt-algorithm = Algorytm
receipt-id = Numer potwierdzenia
receipt-digest = Skrót treści
receipt-previous = Skrót poprzedniego potwierdzenia
receipt-first = To pierwsze potwierdzenie tego wpisu.
receipt-keys-at = Opublikowane klucze

## Zmiana, która czeka: więcej o niej
pending-by = Prosi o nią { $name }.
pending-rule-done = potwierdzono
pending-to-record = Do danych
pending-tries-again = Można spróbować ponownie od { $time }.
pending-void-expired = Kod nie został wpisany na czas.
pending-recipient-missing-title = Nie ma kto tego potwierdzić
pending-recipient-missing-text = Ta zmiana wymaga kodu, a nie ma adresu ani numeru, na który można by go wysłać. Proszę najpierw uzupełnić osobę kontaktową i jej dane. Nic się nie zmieniło.
pending-recipient-held-title = Tej zmiany nie może Pan/Pani potwierdzić samodzielnie
pending-recipient-held-text = Dane kontaktowe zostały niedawno zmienione przez Pana/Panią, więc na razie nie wyślemy tam kodu na Pana/Pani prośbę. Proszę poprosić o tę zmianę inną osobę. Przełożony widzi tę odmowę; nic się nie zmieniło.
pending-receipt-title = Potwierdzenie
pending-receipt-check = Sprawdź to potwierdzenie
