### E-maile i SMS-y.

mail-signature = { $company }

mail-signin-code-subject = Kod do zalogowania
mail-signin-code-body =
    Kod do zalogowania ({ $company }):

    { $code }

    { $minutes ->
        [one] Jest ważny jedną minutę i działa jeden raz.
        [few] Jest ważny { $minutes } minuty i działa jeden raz.
       *[many] Jest ważny { $minutes } minut i działa jeden raz.
    } Nikt z { $company } nigdy o niego nie poprosi.

    Jeśli nie logują się Państwo w tej chwili, ktoś zna Państwa hasło: proszę je zmienić i powiadomić administratora.

mail-setpw-subject = Wybór hasła: { $company }
mail-setpw-body =
    Dzień dobry, { $name }!

    { $company } zakłada dla Państwa konto. Hasło można wybrać tutaj:

    { $link }

    Odnośnik działa jeden raz, do { $until }. Później o nowy proszę poprosić administratora.

mail-seal-code-subject = { $company } prosi o potwierdzenie: { $record }
mail-seal-code-body =
    { $person } ({ $company }) prosi o potwierdzenie:

    { $record }
    { $field }: { $value }

    Kod proszę podać tylko wtedy, gdy to naprawdę nastąpiło. Prosi o niego { $person }:

    { $code }

    { $minutes ->
        [one] Kod jest ważny jedną minutę.
        [few] Kod jest ważny { $minutes } minuty.
       *[many] Kod jest ważny { $minutes } minut.
    } Jeśli coś się nie zgadza, proszę nie podawać kodu: bez niego nic się nie zmieni.
sms-seal-code = { $company }: { $person } prosi o potwierdzenie: { $record }, { $field }: { $value }. Kod proszę podać tylko, jeśli to nastąpiło: { $code } ({ $minutes } min)
sms-signin-code = { $company }: { $code } to kod do zalogowania ({ $minutes } min). Proszę nikomu go nie podawać.

mail-invitation-subject = Zaproszenie: { $company }
mail-invitation-body =
    Dzień dobry, { $name }!

    { $company } udostępnia Państwu informacje i zaprasza do ich obejrzenia. Zaproszenie można przyjąć tutaj:

    { $link }

    Odnośnik działa jeden raz, do { $until }, i jest przeznaczony wyłącznie dla adresata: proszę go nie przekazywać. Jeśli ta wiadomość jest nieoczekiwana, można ją zostawić bez odpowiedzi; nic się wtedy nie stanie.
