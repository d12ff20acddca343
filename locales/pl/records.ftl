### Strony danych, obok crm.ftl.

value-money = { $amount } { $symbol }
# Sizes of files. $number: as the language writes it
value-bytes = { $number } B
value-kilobytes = { $number } kB
value-megabytes = { $number } MB

overview-todo-all = Wszystkie działania
overview-today = Dzisiaj
overview-today-none = Na dzisiaj nic nie zaplanowano.
overview-nothing-title = Nie ma tu jeszcze nic dla Państwa
overview-nothing-text = Są Państwo zalogowani, ale bez roli, która pozwala widzieć dane. Prosimy zwrócić się do administratora.

pager-first = Pierwsza strona
crm-untitled = Bez widocznej nazwy
crm-page-none = Na tej stronie nie ma już nic. Prosimy zacząć od pierwszej.
crm-find-label = Szukaj na tej liście
crm-search-hint = Prosimy wpisać powyżej część nazwy lub numeru.
crm-filter-how = Sposób porównania
crm-filter-value = Wartość
crm-op-is = równa się
crm-op-is-not = jest inne niż
crm-op-contains = zawiera
crm-op-starts = zaczyna się od
crm-op-empty = jest puste
crm-op-not-empty = jest wypełnione
crm-op-less = mniej niż
crm-op-at-most = co najwyżej
crm-op-more = więcej niż
crm-op-at-least = co najmniej
crm-op-any = jedno z
crm-op-all = wszystkie z
crm-op-none = żadne z
crm-chip-is = { $field }: { $value }
crm-chip-is-not = { $field }: inne niż { $value }
crm-chip-contains = { $field } zawiera { $value }
crm-chip-starts = { $field } zaczyna się od { $value }
crm-chip-empty = { $field }: puste
crm-chip-not-empty = { $field }: wypełnione
crm-chip-less = { $field }: mniej niż { $value }
crm-chip-at-most = { $field }: do { $value }
crm-chip-more = { $field }: więcej niż { $value }
crm-chip-at-least = { $field }: od { $value }
crm-chip-any = { $field }: { $value }
crm-chip-all = { $field }: wszystkie z { $value }
crm-chip-none = { $field }: żadne z { $value }

crm-tabs-label = Części
crm-set-to = Ustaw: { $value }
crm-unchanged = Tak już było. Nic się nie zmieniło.
crm-related-none = Jeszcze nic.
crm-related-all = Pokaż wszystkie
crm-sealed = Potwierdzone kodem
crm-somebody = Ktoś inny
crm-field = Pole
crm-theirs = Zapisane teraz
crm-yours = W Państwa formularzu
crm-sent-before = Ten formularz został już raz zapisany z innymi wartościami. Prosimy go sprawdzić i zapisać ponownie.
crm-needs-code-title = Ta zmiana wymaga kodu
crm-needs-code-text = Reguła wymaga kodu klienta przed zapisaniem, a teraz nie można wysłać kodu. Nic się nie zmieniło.

crm-refused-change-enters-view = Ta zmiana dałaby Państwu szerszy dostęp niż obecnie. Nic nie zapisano.
crm-refused-change-leaves-view = Po tej zmianie nie mogliby Państwo tego widzieć. Nic nie zapisano.
crm-refused-change-not-allowed = Mogą Państwo to czytać, ale nie zmieniać.
crm-refused-create-not-allowed = Nie mogą Państwo niczego utworzyć z tymi wartościami.
crm-refused-delete-not-allowed = Nie mogą Państwo tego usunąć.
crm-refused-mark-not-allowed = Nie mogą Państwo zmienić, kto to widzi.
crm-refused-attach-not-allowed = Nie mogą Państwo dodawać ani usuwać tu plików.

form-choose-one = Prosimy wybrać …
form-bad-character = Prosimy usunąć znaki, których nie widać.
form-number-too-large = Prosimy podać mniejszą liczbę.
form-too-many-decimals = { $max ->
    [0] Prosimy podać liczbę całkowitą.
    [one] Najwyżej jedno miejsce po przecinku.
    [few] Najwyżej { $max } miejsca po przecinku.
   *[other] Najwyżej { $max } miejsc po przecinku.
}
form-phone-hint = Z numerem kierunkowym kraju, na przykład +48 601 234 567
form-lookup-hint = Prosimy wpisać nazwę lub jej część.
form-lookup-several = Do tej nazwy pasuje kilka pozycji. Prosimy wybrać jedną.
form-lookup-cycle = Pozycja byłaby częścią samej siebie. Prosimy wybrać inną.

# Files. $max: a size such as 25 MB; $name: of the file
form-file-hint = Najwyżej { $max }.
form-file-now = Teraz: { $name }. Aby go zastąpić, proszę wybrać plik.
form-file-coming = Plik { $name } został przesłany i zostanie zapisany z tym formularzem.
form-file-remove = Usuń plik
form-file-too-large = Proszę wybrać plik o rozmiarze najwyżej { $max }.
form-file-type = Pliki tego rodzaju nie są tu przyjmowane. Proszę wybrać inny.
crm-file-then = Zapisz { $name } w ówczesnej wersji
form-file-gone = Proszę wybrać plik jeszcze raz; przesłany plik nie jest już dostępny.
