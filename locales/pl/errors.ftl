### Błędy: co się stało, co to znaczy, co zrobić.

error-title = Coś się nie udało
error-to-start = Na początek
error-back = Wstecz
error-try-again = Spróbuj ponownie
error-request-id = Prosząc o pomoc, proszę podać ten numer:

error-not-found-title = Tej strony tu nie ma
error-not-found-text = Nie istnieje albo nie jest dla Państwa widoczna. Proszę sprawdzić adres lub poszukać od początku.
error-forbidden-title = Brak uprawnień
error-forbidden-text = Posiadane uprawnienia tego nie obejmują. Jeśli jest to potrzebne w pracy, proszę zwrócić się do administratora.
error-overloaded-title = Panuje teraz duży ruch
error-overloaded-text = Polecenie nie zostało wykonane i nic się nie zmieniło. Proszę spróbować ponownie za minutę.
error-unavailable-title = Część systemu nie odpowiada
error-unavailable-text = Polecenie nie zostało wykonane i nic się nie zmieniło. Proszę spróbować ponownie za minutę.
error-expired-title = Ta strona wygasła
error-expired-text = Była otwarta zbyt długo; nic się nie zmieniło. Proszę zacząć od nowa.
error-csrf-title = To polecenie nie pochodzi z naszej strony
error-csrf-text = Dla bezpieczeństwa nie zostało wykonane. Proszę otworzyć stronę ponownie i powtórzyć czynność.
error-masked-title = To pole jest zasłonięte
error-masked-text = Mogą Państwo czytać ten wpis, ale to pole jest dla Państwa zasłonięte: nie można po nim filtrować, sortować ani szukać.
error-bad-request-title = Nie można zrozumieć tego polecenia
error-bad-request-text = Czegoś w nim brakuje lub coś jest uszkodzone; nic się nie zmieniło. Proszę wrócić i spróbować jeszcze raz.
error-too-large-title = To jest za duże
error-too-large-text = Przesłano więcej, niż można przyjąć naraz, i nic nie zapisano. Proszę zmniejszyć i spróbować ponownie.
error-too-many-title = To było trochę za często
error-too-many-text = Dla ochrony wszystkich obowiązuje tu ograniczenie. Proszę chwilę poczekać i spróbować ponownie.
error-method-title = Tej strony nie można tak użyć
error-method-text = Nic się nie zmieniło. Proszę wrócić i skorzystać z przycisków na stronie.
error-conflict-title = Ktoś zdążył wcześniej
error-conflict-text = To, co miało zostać zmienione, zmieniono już w międzyczasie. Proszę obejrzeć to jeszcze raz i powtórzyć zmianę.
error-internal-title = Coś się nie udało po naszej stronie
error-internal-text = Zapisaliśmy to i odnajdziemy po numerze poniżej. Proszę spróbować ponownie; jeśli to się powtórzy, proszę poprosić o pomoc.

## Logowanie do aplikacji
error-client-unknown-title = Ta aplikacja nie jest tu znana
error-client-unknown-text = Odnośnik, który tu prowadził, jest błędny lub stary. Proszę otworzyć aplikację ponownie; jeśli to nie pomoże, powiadomić jej właściciela.
error-redirect-title = Temu logowaniu nie można zaufać
error-redirect-text = Aplikacja chciała przekierować pod adres, który nie jest dla niej zarejestrowany. Dla bezpieczeństwa logowanie kończy się tutaj. Proszę powiadomić właściciela aplikacji.
error-not-allowed-title = Nie mogą Państwo korzystać z aplikacji { $name }
error-not-allowed-text = Logowanie się udało, ale ta aplikacja nie jest dla Państwa dostępna. Jeśli jest potrzebna, proszę zwrócić się do administratora. Aplikacja dowie się tylko, że nie mogą Państwo z niej korzystać.
error-not-allowed-back = Wróć do aplikacji { $name }
error-logout-hint-title = Tego wylogowania nie można wykonać
error-logout-hint-text = Prośba aplikacji nie dotyczy logowania na tym serwerze, więc nikt nie został wylogowany. Proszę wylogować się na stronie startowej.
error-logout-address-title = Temu wylogowaniu nie można zaufać
error-logout-address-text = Aplikacja chciała przekierować pod adres, który nie jest dla niej zarejestrowany. Dla bezpieczeństwa działanie kończy się tutaj i nikt nie został wylogowany. Proszę powiadomić właściciela aplikacji.
error-signin-refused-title = Tej aplikacji nie mogą Państwo otworzyć
error-signin-refused-text = Logowanie się udało, ale ta aplikacja nie jest dla Państwa dostępna. Proszę zwrócić się do administratora.
error-signin-failed-title = Logowanie się nie udało
error-signin-failed-text = Odpowiedź serwera logowania nie pasuje do pytania. Nic się nie stało; proszę zalogować się ponownie.
error-detail = Szczegóły dla właściciela aplikacji
