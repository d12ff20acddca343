### Requests that applications send beforehand, and devices that wait for someone.

error-pushed-title = To logowanie czekało zbyt długo
error-pushed-text = Prośba aplikacji wygasła albo została już wykorzystana. Proszę wrócić do aplikacji i zalogować się stamtąd ponownie.

device-title = Logowanie urządzenia
device-lead = Proszę wpisać kod widoczny na urządzeniu, które mają Państwo przed sobą.
device-code-label = Kod
device-code-hint = Osiem liter, na przykład BCDF-GHJK. Proszę nie używać kodu, który ktoś przysłał.
device-code-wrong = Żadne urządzenie nie czeka na ten kod. Proszę porównać go z urządzeniem; po pięciu minutach pokazuje ono nowy.
device-code-too-many = Wypróbowano zbyt wiele kodów. Proszę odczekać kwadrans.
device-continue = Dalej
# $app: the application's name
device-confirm-title = Zalogować { $app }?
# $email: who is signed in
device-confirm-lead = Zalogowana osoba: { $email }. Urządzenie będzie działać w jej imieniu.
device-confirm-warning = Proszę kontynuować tylko wtedy, gdy urządzenie stoi obok i pokazuje dokładnie ten kod. Jeśli ktoś prosił o jego wpisanie, proszę odmówić.
device-confirm-code = Kod
device-confirm-since = Godzina prośby
device-confirm-from = Z adresu
device-confirm-elsewhere = To inna sieć niż Pana/Pani.
device-confirm-agent = Przedstawia się jako
device-confirm-asks = O co prosi
device-allow = Zezwól temu urządzeniu
device-refuse = Odmów
device-allowed-title = { $app }: zalogowano
device-allowed-text = Dalej proszę na urządzeniu. Zgodę można w każdej chwili cofnąć w zakładce Moje konto.
device-refused-title = { $app }: odmówiono
device-refused-text = Urządzenie zostało powiadomione. Żadne dane nie zostały przekazane.
device-gone-title = To urządzenie już nie czeka
device-gone-text = Kod wygasł albo udzielono już odpowiedzi. Urządzenie musi pokazać nowy kod.
device-not-allowed-title = { $app }: brak dostępu
device-not-allowed-text = Ta aplikacja nie jest dla Pana/Pani dostępna, dlatego urządzeniu odmówiono. Proszę zwrócić się do administratora.
