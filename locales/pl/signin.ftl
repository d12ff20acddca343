### Logowanie, wylogowanie i wybór hasła.

## Adres e-mail i hasło
signin-title = Logowanie
signin-to-open = aby otworzyć: { $app }
signin-email = Adres e-mail
signin-password = Hasło
signin-forgotten = Nie pamiętają Państwo hasła?
signin-continue = Dalej
signin-submit = Zaloguj się
signin-wrong = Ten adres e-mail i hasło do siebie nie pasują. Proszę sprawdzić oba i spróbować ponownie.
signin-email-missing = Proszę podać adres e-mail.
signin-password-missing = Proszę podać hasło.
signin-locked = Było zbyt wiele prób. Dla bezpieczeństwa kolejna będzie możliwa o { $time }.
signin-expired-title = Ta strona wygasła
signin-expired-text = Logowanie trwało zbyt długo. Nic się nie stało; proszę zacząć od nowa.
signin-restart = Zacznij od nowa
signin-continue-as = Dalej jako { $name }

## Strona z kodem
code-title = Proszę wpisać kod
code-from-authenticator = Z aplikacji uwierzytelniającej, dla { $email }
code-from-mail = Wysłaliśmy kod na adres { $email }.
code-from-sms = Wysłaliśmy kod SMS-em na numer { $to }, dla { $email }.
code-from-recovery = Jeden z zapisanych kodów odzyskiwania, dla { $email }
code-not-you = To nie Państwo?
code-label-digits = { $count ->
    [one] Kod z 1 cyfry
   *[other] Kod z { $count } cyfr
}
code-label-characters = { $count ->
    [one] Kod z 1 znaku
   *[other] Kod z { $count } znaków
}
code-missing = Proszę wpisać kod.
code-wrong = { $count ->
    [one] Ten kod jest nieprawidłowy. Pozostała 1 próba.
    [few] Ten kod jest nieprawidłowy. Pozostały { $count } próby.
   *[many] Ten kod jest nieprawidłowy. Pozostało { $count } prób.
}
code-wrong-authenticator = { $count ->
    [one] Ten kod jest nieprawidłowy. Kod zmienia się co 30 sekund: proszę wpisać ten, który aplikacja pokazuje teraz. Pozostała 1 próba.
    [few] Ten kod jest nieprawidłowy. Kod zmienia się co 30 sekund: proszę wpisać ten, który aplikacja pokazuje teraz. Pozostały { $count } próby.
   *[many] Ten kod jest nieprawidłowy. Kod zmienia się co 30 sekund: proszę wpisać ten, który aplikacja pokazuje teraz. Pozostało { $count } prób.
}
code-used = Ten kod został już użyty. Proszę poczekać na następny, który pokaże aplikacja.
code-expired = Ten kod wygasł. Proszę poprosić o nowy.
code-expired-short = wygasł
code-exhausted = Zbyt wiele razy wpisano nieprawidłowy kod. Proszę zacząć od nowa.
code-tries-left = { $count ->
    [one] pozostała 1 próba
    [few] pozostały { $count } próby
   *[many] pozostało { $count } prób
}
code-resend-in = Wyślij ponownie za { $time }
code-resend = Wyślij ponownie
code-resent = Nowy kod jest w drodze na { $to }. Poprzedni już nie działa.
code-resend-later = Nowy kod będzie można wysłać od { $time }.
code-resend-limit = Teraz nie można wysłać kolejnego kodu. Proszę spróbować później.
code-mail-spam = Nic nie przyszło? Proszę sprawdzić także folder ze spamem.
code-other-ways = Inne sposoby
code-way-mail = Wyślij kod e-mailem na { $to }
code-way-authenticator = Użyj aplikacji uwierzytelniającej
code-way-sms = Wyślij kod SMS-em na { $to }
code-way-passkey = Użyj klucza dostępu
code-way-recovery = Użyj kodu odzyskiwania
code-waiting = czeka na kod

## Wylogowanie
signout-title = Wylogować się?
signout-text = Zalogowano jako { $name }. Wylogowanie obejmie w tej przeglądarce wszystkie aplikacje otwarte z tego miejsca.
signout-submit = Wyloguj się
signout-stay = Pozostań na koncie
signedout-title = Wylogowano
signedout-text = Na wspólnym komputerze proszę zamknąć także przeglądarkę.
signedout-again = Zaloguj się ponownie

## Wybór hasła
setpw-title = Wybór hasła
setpw-for = dla { $email }
setpw-new = Nowe hasło
setpw-repeat = To samo hasło jeszcze raz
setpw-demand-length = Co najmniej { $count ->
    [one] { $count } znak
    [few] { $count } znaki
   *[many] { $count } znaków
}. Kilka słów, których nikt inny by tak nie zestawił, jest bezpieczne i łatwe do zapamiętania.
setpw-too-short = { $count ->
    [one] Potrzebny jest co najmniej { $count } znak.
    [few] Potrzebne są co najmniej { $count } znaki.
   *[many] Potrzeba co najmniej { $count } znaków.
}
setpw-too-long = Hasło może mieć najwyżej { $count ->
    [one] { $count } znak
    [few] { $count } znaki
   *[many] { $count } znaków
}.
setpw-too-common = To hasło jest na listach, od których zaczynają atakujący. Proszę wybrać inne.
setpw-too-personal = To hasło zawiera imię, nazwisko lub adres e-mail. Proszę wybrać inne.
setpw-same-as-old = To jest obecne hasło. Proszę wybrać nowe.
setpw-not-same = Hasła nie są jednakowe. Proszę wpisać oba jeszcze raz.
setpw-submit = Zapisz hasło
setpw-done-title = Hasło zostało zapisane
setpw-done-text = Można się już nim zalogować. Wszędzie indziej nastąpiło wylogowanie.
setpw-link-void-title = Ten odnośnik już nie działa
setpw-link-void-text = Odnośnik działa raz i przez ograniczony czas; ten został już użyty albo wygasł. O nowy proszę poprosić administratora.

## Aplikacja uwierzytelniająca
totp-code = Kod, który pokazuje aplikacja

## Zaproszenie
invitation-title = Zaproszenie: { $company }
invitation-choose = Proszę wybrać hasło, aby założyć konto dla adresu { $email }. Odtąd do logowania służą to hasło oraz kod przysyłany e-mailem.
invitation-sign-in = Konto dla adresu { $email } już istnieje. Proszę się na nie zalogować; potem nastąpi powrót tutaj, aby przyjąć zaproszenie.
invitation-confirm = Zalogowano jako { $email }. Po przyjęciu zaproszenia od razu widać to, co zostało Państwu udostępnione.
invitation-accept = Przyjmij zaproszenie
invitation-other-title = Zalogowana jest inna osoba
invitation-other-text = To zaproszenie jest dla { $email }, a w tej przeglądarce zalogowano: { $name }. Aby przejść dalej, proszę się wylogować.
invitation-done-title = Witamy
invitation-done-text = Zaproszenie zostało przyjęte. Logowanie w { $company } odbywa się adresem { $email }.
invitation-open = Otwórz
invitation-void-text = Zaproszenie działa raz i przez ograniczony czas; to zostało już użyte, wycofane albo wygasło. Jeśli zostało przyjęte, wystarczy się zalogować; w przeciwnym razie o nowe proszę poprosić osobę zapraszającą.

## Aplikacja wymaga więcej, niż dana osoba może potwierdzić
stronger-title = Wymagane jest silniejsze logowanie
stronger-text = { $app } wymaga drugiego kroku, który nie został jeszcze skonfigurowany.
stronger-text-own = Ta strona wymaga drugiego kroku, który nie został jeszcze skonfigurowany.
stronger-how = Gdy będzie gotowy, żądana strona otworzy się sama.
stronger-how-link = Proszę go ustawić, a potem ponownie otworzyć link z wiadomości.
stronger-how-device = Proszę go ustawić, a potem ponownie wpisać kod z urządzenia.
stronger-set-up = Skonfiguruj drugi krok
stronger-back = Wróć do: { $app }
stronger-back-own = Wróć na stronę startową
code-remember = { $days ->
    [one] Nie pytaj o kod na tym urządzeniu do jutra
    [few] Nie pytaj o kod na tym urządzeniu przez { $days } dni
   *[many] Nie pytaj o kod na tym urządzeniu przez { $days } dni
}
code-undelivered = Nie udało się dostarczyć wiadomości na { $to }. Proszę wybrać inny sposób lub wysłać ją ponownie.

## Urządzenia, na których nie pytamy o kod
remembered-title = Zapamiętane urządzenia
remembered-text = Na tych urządzeniach przez pewien czas wystarcza hasło. Urządzenie nieużywane lub nieznane należy usunąć z listy.
remembered-none = Nie ma żadnych. Podczas logowania można zapamiętać urządzenie, jeśli organizacja na to pozwala.
remembered-used = Ostatnio użyte: { $time }, z adresu { $ip }
remembered-until = Zapamiętane do: { $time }
remembered-forget = Zapomnij to urządzenie
