# Logowanie przez innego dostawcę i konta w innych miejscach.

federation-or = Albo
federation-continue = Kontynuuj przez { $name }
federation-back = Wróć do logowania
federation-nobody-title = Z tym kontem nikt nie jest tu połączony
federation-nobody-text = { $name } potwierdza, kim Państwo tam są, ale żadne konto tutaj nie jest z tym połączone. Jeśli mają Państwo tu konto, proszę zalogować się jak zwykle i połączyć je na stronie Połączone konta. Jeśli nie, proszę poprosić firmę o zaproszenie.
federation-declined-title = Logowanie przez { $name } nie doszło do skutku
federation-declined-text = Logowanie zostało przerwane albo odrzucone przez { $name }. Nic się tu nie zmieniło. Można spróbować ponownie albo zalogować się w inny sposób.
federation-anew-title = { $name } nie wymaga ponownego zalogowania
federation-anew-text = Tutaj potrzebne jest nowe logowanie przez { $name }, a { $name } przyjmuje wcześniejsze logowanie albo nie podaje jego czasu. Nic się tu nie zmieniło. Proszę wylogować się w { $name } i spróbować ponownie albo zalogować się w inny sposób. Jeśli to się powtarza, proszę podać firmie poniższy numer.
federation-broken-title = Logowanie przez { $name } teraz nie działa
federation-broken-text = Z { $name } nie można się połączyć albo odpowiedź jest nie do przyjęcia. Proszę spróbować za kilka minut albo zalogować się w inny sposób. Jeśli to się powtarza, proszę podać firmie poniższy numer.

connections-title = Połączone konta
connections-lead = Można się tu logować kontem z innego miejsca.
connections-none = Firma nie skonfigurowała żadnego innego dostawcy.
connections-since = Połączono: { $date }
connections-used = Ostatnie użycie: { $date }
connections-connect = Połącz z { $name }
connections-remove = Odłącz { $name }
connections-done = Konto zostało połączone. Od teraz można się nim logować.
connections-removed = Konto zostało odłączone. Wszędzie, gdzie posłużyło do zalogowania, nastąpiło wylogowanie.
connections-taken = To konto jest tu połączone z kimś innym albo są Państwo połączeni tam z innym kontem. Nic się nie zmieniło.
connections-last = To konto jest jedynym sposobem logowania. Najpierw proszę ustawić hasło, potem można je odłączyć.

# Zarządzanie nimi.

admin-nav-federation = Inni dostawcy
admin-federation-lead = Można się tu logować kontem u jednego z tych dostawców OpenID.
admin-federation-new = Dodaj dostawcę
admin-federation-none-title = Brak innych dostawców
admin-federation-none-text = Proszę dodać dostawcę tożsamości własnej firmy, partnera albo Microsoft lub Google.
admin-federation-disabled = Wyłączony
admin-federation-form-lead = Najpierw proszę zarejestrować tam ten serwer. Adres do podania widać na stronie dostawcy po zapisaniu.
admin-federation-id = Krótka nazwa
admin-federation-id-hint = Występuje w adresach: małe litery, cyfry i łączniki. Później nie można jej zmienić.
admin-federation-issuer = Wystawca (issuer)
admin-federation-issuer-hint = Dokładnie tak, jak w metadanych dostawcy. Później nie można go zmienić.
admin-federation-redirect = Adres do podania u dostawcy
admin-federation-client-id = Identyfikator klienta u dostawcy
admin-federation-client-secret = Sekret u dostawcy
admin-federation-client-secret-hint = Przechowywany w postaci zaszyfrowanej i nigdy nie pokazywany. Puste pole pozostawia obecny.
admin-federation-auth = Jak ten serwer potwierdza swoją tożsamość
admin-federation-auth-basic = Sekretem w nagłówku
admin-federation-auth-post = Sekretem w formularzu
admin-federation-auth-none = Bez sekretu
admin-federation-scope = Zakres (scope)
admin-federation-acr = Wymagany poziom (acr_values)
admin-federation-button = Pokazuj wszystkim na stronie logowania
admin-federation-domains = Domeny
admin-federation-domains-hint = Kto ma adres w jednej z nich, loguje się tam. Proszę podać tylko domeny, w których adresy nadaje wyłącznie ten dostawca.
admin-federation-link = Łącz osoby, które już tu są, po potwierdzonym adresie
admin-federation-create = Dodawaj osoby, których tu jeszcze nie ma
admin-federation-staff = Dodane osoby tu pracują
admin-federation-update = Imię i nazwisko oraz język według dostawcy
admin-federation-groups = Grupy
admin-federation-groups-hint = Po jednej w wierszu: grupa dostawcy = nasza grupa
admin-federation-trust = Kiedy jego potwierdzenie liczy się jako dwa składniki
admin-federation-trust-hint = Po jednym w wierszu, na przykład: amr mfa = urn:zegel:acr:password-app. Bez tego drugi składnik sprawdzany jest tutaj.
admin-federation-people = Połączone osoby
admin-federation-disable = Wyłącz
admin-federation-disable-text = Każdy, kto zalogował się przez { $name }, zostanie od razu wszędzie wylogowany. Połączone konta pozostaną na wypadek ponownego włączenia.
admin-federation-enable = Włącz
admin-federation-enable-text = Znów będzie można logować się przez { $name }.
admin-federation-delete = Usuń
admin-federation-delete-text = { $name } i wszystkie połączenia z tym dostawcą zostaną usunięte. Każdy, kto się przez niego zalogował, zostanie wszędzie wylogowany.
admin-done-federation-removed = Dostawca został usunięty.

federation-wrong-id = Małe litery, cyfry i łączniki, najwyżej 40.
federation-wrong-name = Proszę podać nazwę widoczną dla użytkowników, najwyżej 60 znaków.
federation-wrong-issuer = Proszę podać adres https wystawcy. Musi należeć tylko do tego dostawcy i nie może się zmienić.
federation-wrong-client-id = Proszę podać identyfikator klienta, który dostawca nadał temu serwerowi.
federation-wrong-client-secret = Proszę podać sekret, który dostawca nadał temu serwerowi.
federation-wrong-scope = Zakres musi zawierać openid.
federation-wrong-domains = Proszę podać domeny takie jak example.com, z których żadna nie prowadzi do innego dostawcy. Do automatycznego łączenia lub dodawania osób potrzebna jest co najmniej jedna.
federation-wrong-groups = Każdy wiersz proszę zapisać jako: grupa dostawcy = nasza grupa
federation-wrong-trust = Każdy wiersz proszę zapisać jako: acr WARTOŚĆ amr WARTOŚĆ,WARTOŚĆ = poziom dwóch składników
federation-wrong-subject = Proszę podać identyfikator (subject), najwyżej 255 znaków.
federation-wrong-linked = Ten identyfikator należy do kogoś innego albo ta osoba ma tam inny.

admin-federation-name-hint = Tak, jak widać ją na stronie logowania
admin-federation-acr-hint = O co ten serwer prosi dostawcę, jeśli o cokolwiek
admin-federation-part-there = Ten serwer u dostawcy
admin-federation-part-whom = Kto się tam loguje
admin-federation-part-word = Za co liczy się jego potwierdzenie
admin-federation-part-claims = Odczytywane pola (claims)
admin-federation-claim-email = Pole z adresem
admin-federation-claim-email-verified = Pole mówiące, że adres jest potwierdzony
admin-federation-claim-name = Pole z imieniem i nazwiskiem
admin-federation-claim-language = Pole z językiem
admin-federation-claim-groups = Pole z grupami
admin-federation-try = Wypróbuj połączenie
admin-federation-try-title = Połączenie
admin-federation-try-lead = Pobiera teraz metadane i klucze dostawcy. Czy identyfikator i sekret są właściwe, okaże się dopiero przy logowaniu.
admin-federation-try-works = Działa
admin-federation-try-fails = Nie nadaje się do użycia
admin-federation-try-answer = Odpowiedź
admin-federation-try-keys = { $count ->
    [one] { $count } klucz do użycia
    [few] { $count } klucze do użycia
    [many] { $count } kluczy do użycia
   *[other] { $count } klucza do użycia
}
admin-federation-try-authorization = Dokąd trafiają osoby
admin-federation-try-token = Gdzie wymieniane są kody
admin-federation-try-userinfo = Gdzie jest więcej danych o osobach
admin-federation-try-keys-at = Gdzie są klucze

connections-connect-short = Połącz
connections-remove-short = Odłącz
