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

## What an application asks someone who is not in front of it. $app: its name
mail-approval-subject = { $app }: prośba o zgodę
# $name: the person; $company; $link: an address; $until: a time of day
mail-approval-body =
    Dzień dobry, { $name }!

    Aplikacja { $app } ({ $company }) prosi o zgodę. Szczegóły i odpowiedź, do godziny { $until }:

    { $link }

    Jeśli nie spodziewa się Pan/Pani tej prośby, można tam odmówić albo nie odpowiadać: bez zgody nic się nie stanie.
approvals-title = Prośby o zgodę
approvals-text = Te aplikacje czekają na odpowiedź.
approvals-none-title = Nic nie czeka
approvals-none-text = Gdy aplikacja prosi o zgodę, prośba jest tu widoczna przez kilka minut.
# $at: a time of day
approvals-since = Godzina prośby: { $at }
approvals-account = Moje konto
approve-title = { $app } prosi o zgodę
# $email: who is signed in
approve-lead = Zalogowana osoba: { $email }. Po wyrażeniu zgody aplikacja będzie działać w jej imieniu.
approve-warning = Proszę zgodzić się tylko na to, o co przed chwilą sam(a) Pan/Pani prosił(a), albo o czym właśnie rozmawia z kimś znajomym. Jeśli tu i w aplikacji widać wiadomość, obie muszą być takie same.
approve-message = Wiadomość
approve-since = Godzina prośby
approve-until = Czeka do
approve-asks = O co prosi
approve-allow = Wyrażam zgodę
approve-refuse = Odmawiam
approval-allowed-title = Wyrażono zgodę
approval-allowed-text = Aplikacja { $app } została powiadomiona. Zgodę można w każdej chwili cofnąć w zakładce Moje konto.
approval-refused-title = Odmówiono
approval-refused-text = Aplikacja { $app } została powiadomiona. Żadne dane nie zostały przekazane.
approval-gone-title = Tu nic nie czeka
approval-gone-text = Minął czas, udzielono już odpowiedzi albo prośba była do kogoś innego.
approval-not-allowed-title = { $app }: brak dostępu
approval-not-allowed-text = Ta aplikacja nie jest dla Pana/Pani dostępna, dlatego jej odmówiono. Proszę zwrócić się do administratora.
