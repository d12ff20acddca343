### Polski: forma grzecznościowa lub bezosobowa, bez rodzaju, gdy się da. Objaśnienia pól są w plikach angielskich.

skip-to-main = Przejdź do treści
language-label = Język
theme-label = Wygląd
theme-auto = Jak w urządzeniu
theme-light = Jasny
theme-dark = Ciemny

app-record-store = Kartoteka

## Formularze
form-save = Zapisz
form-saving = Zapisywanie…
form-cancel = Anuluj
form-back = Wstecz
form-continue = Dalej
form-optional = (nieobowiązkowe)
form-error-prefix = Błąd:
form-problems-title = { $count ->
    [one] Jedna rzecz wymaga poprawy
    [few] { $count } rzeczy wymagają poprawy
   *[many] { $count } rzeczy wymaga poprawy
}
form-required = To pole jest wymagane.
form-email-invalid = Proszę podać adres e-mail w postaci imie@example.com.
form-phone-invalid = Proszę podać numer telefonu z kodem kraju, np. +48 601 234 567.
form-url-invalid = Proszę podać adres zaczynający się od https:// lub http://.
form-number-invalid = Proszę podać liczbę.
form-date-invalid = Proszę podać istniejącą datę.
form-time-invalid = Proszę podać istniejącą datę i godzinę.
form-choice-invalid = Proszę wybrać wartość z listy.
form-lookup-invalid = Proszę wybrać pozycję z listy. Mogła zostać usunięta lub nie jest już dla Państwa widoczna.
form-person-invalid = Proszę wybrać osobę z listy. Być może już tu nie pracuje albo nie mogą jej Państwo wskazać.
form-too-long = { $max ->
    [one] Najwyżej jeden znak.
    [few] Najwyżej { $max } znaki.
   *[many] Najwyżej { $max } znaków.
}
form-value-invalid = Ta wartość tu nie pasuje.
form-unknown-field = Nie ma pola { $name }.

## Wartości
value-yes = Tak
value-no = Nie
value-none = Nie podano
value-masked = Zasłonięte
value-unknown = Nieznane
value-me = ja
change-from = z
change-to = na

## Czas
time-left = pozostało { $time }
time-until = do { $time }
time-left-label = Pozostały czas

## Strony listy
pager-label = Strony
pager-previous = Poprzednia
pager-next = Następna
pager-range = { $from }–{ $to } z { $total }
pager-range-more = { $from }–{ $to } z ponad 1000
pager-shown = { $count ->
    [one] Pokazano 1
   *[other] Pokazano { $count }
}

## Osoby
user-menu-label = Zalogowano jako { $name }
sign-out = Wyloguj się
hello-morning = Dzień dobry, { $name }
hello-afternoon = Dzień dobry, { $name }
hello-evening = Dobry wieczór, { $name }
hello-night = Witamy, { $name }
