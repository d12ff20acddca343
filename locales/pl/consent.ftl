### Zgody dla aplikacji i powrót do nich.

consent-title = Zezwolić aplikacji { $app }?
consent-lead = Aplikacja { $app } prosi o poniższe. Zalogowano jako { $email }.
consent-unchecked = Ta aplikacja zarejestrowała się sama. Nikt w { $company } jej nie sprawdził: proszę zezwolić tylko wtedy, gdy wiadomo, do kogo należy.
consent-host = Odpowiedź trafi do { $host }.
consent-later = Zgodę można w każdej chwili cofnąć w części Moje konto.
consent-allow = Zezwalam
consent-refuse = Odmawiam
consent-policy = Jak { $app } obchodzi się z danymi
consent-terms = Warunki korzystania z { $app }
consent-gone-title = To pytanie wygasło
consent-gone-text = Odpowiedź już padła albo strona była otwarta zbyt długo. Nie udzielono żadnej zgody; proszę otworzyć aplikację ponownie.

## O co chodzi
consent-nothing = Potwierdzenie, że to Pan/Pani
consent-scope-profile = Imię i nazwisko, język, strefa czasowa i inne dane z profilu
consent-scope-email = Adres e-mail
consent-scope-address = Adres pocztowy
consent-scope-phone = Numer telefonu
consent-scope-offline_access = Zachowanie dostępu także po wylogowaniu, do chwili cofnięcia zgody
consent-scope-records-read = Odczytywanie w Pana/Pani imieniu danych, które może Pan/Pani widzieć
consent-scope-records-write = Zmienianie w Pana/Pani imieniu danych, które może Pan/Pani zmieniać
consent-scope-grants = Przeglądanie i zmienianie w Pana/Pani imieniu, kto ma dostęp do relacji
consent-scope-account = Przeglądanie i zmienianie Pana/Pani konta: sposobów logowania i otwartych sesji
consent-scope-admin = Zarządzanie w Pana/Pani imieniu osobami, grupami i aplikacjami
consent-scope-other = Uprawnienie „{ $name }”
consent-resource = Działanie w Pana/Pani imieniu w { $name }
consent-claim-name = Imię i nazwisko
consent-claim-family_name = Nazwisko
consent-claim-given_name = Imię
consent-claim-middle_name = Drugie imię
consent-claim-nickname = Przydomek
consent-claim-preferred_username = Preferowana krótka nazwa
consent-claim-profile = Adres strony profilu
consent-claim-picture = Zdjęcie
consent-claim-website = Strona internetowa
consent-claim-gender = Płeć
consent-claim-birthdate = Data urodzenia
consent-claim-zoneinfo = Strefa czasowa
consent-claim-locale = Język
consent-claim-updated_at = Kiedy profil był ostatnio zmieniony
consent-claim-email = Adres e-mail
consent-claim-email_verified = Czy adres e-mail jest potwierdzony
consent-claim-address = Adres pocztowy
consent-claim-phone_number = Numer telefonu
consent-claim-phone_number_verified = Czy numer telefonu jest potwierdzony

## W drodze powrotnej do aplikacji
formpost-title = Powrót do aplikacji
formpost-text = Trwa powrót do aplikacji. Jeśli nic się nie dzieje, proszę nacisnąć przycisk.
signedout-on = Powrót do aplikacji
signedout-frame = Wylogowanie z aplikacji
formpost-submit = Dalej

error-request-object-title = Temu logowaniu nie można zaufać
error-request-object-text = Prośba aplikacji jest błędnie podpisana albo nieczytelna. Dla bezpieczeństwa kończymy w tym miejscu. Proszę powiadomić właściciela aplikacji.
