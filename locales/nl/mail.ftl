### Mails en sms-berichten.

mail-signature = { $company }

mail-signin-code-subject = Uw code om in te loggen
mail-signin-code-body =
    Uw code om in te loggen bij { $company } is:

    { $code }

    { $minutes ->
        [one] Deze is één minuut geldig en werkt één keer.
       *[other] Deze is { $minutes } minuten geldig en werkt één keer.
    } Niemand van { $company } zal u er ooit om vragen.

    Bent u nu niet aan het inloggen, dan kent iemand uw wachtwoord: wijzig het en meld het uw beheerder.

mail-setpw-subject = Kies uw wachtwoord voor { $company }
mail-setpw-body =
    Dag { $name },

    { $company } heeft een account voor u gemaakt. Kies hier uw wachtwoord:

    { $link }

    De link werkt één keer, tot { $until }. Vraag uw beheerder daarna om een nieuwe.

mail-seal-code-subject = { $company } vraagt u te bevestigen: { $record }
mail-seal-code-body =
    { $person } van { $company } vraagt u dit te bevestigen:

    { $record }
    { $field }: { $value }

    Geef { $person } deze code alleen als het echt gebeurd is:

    { $code }

    { $minutes ->
        [one] De code is één minuut geldig.
       *[other] De code is { $minutes } minuten geldig.
    } Klopt het niet, geef de code dan niet: zonder code verandert er niets.
sms-seal-code = { $company }: { $person } vraagt u { $record } te bevestigen, { $field }: { $value }. Geef deze code alleen als het gebeurd is: { $code } ({ $minutes } min)
sms-signin-code = { $company }: { $code } is uw code om in te loggen ({ $minutes } min). Geef hem aan niemand.

mail-invitation-subject = { $company } nodigt u uit
mail-invitation-body =
    Dag { $name },

    { $company } deelt gegevens met u en nodigt u uit om ze te bekijken. Neem de uitnodiging hier aan:

    { $link }

    De link werkt één keer, tot { $until }, en is alleen voor u bedoeld: geef hem niet door. Verwachtte u deze mail niet? Dan hoeft u niets te doen; er gebeurt dan niets.
