### Inloggen, uitloggen en een wachtwoord kiezen.

## E-mailadres en wachtwoord
signin-title = Inloggen
signin-to-open = om { $app } te openen
signin-email = E-mailadres
signin-password = Wachtwoord
signin-forgotten = Wachtwoord vergeten?
signin-continue = Verder
signin-submit = Inloggen
signin-wrong = Dit e-mailadres en wachtwoord horen niet bij elkaar. Kijk ze allebei na en probeer het opnieuw.
signin-email-missing = Vul uw e-mailadres in.
signin-password-missing = Vul uw wachtwoord in.
signin-locked = Er is te vaak geprobeerd. Voor de veiligheid kunt u het om { $time } opnieuw proberen.
signin-expired-title = Deze pagina is verlopen
signin-expired-text = Het inloggen duurde te lang. Er is niets gebeurd; begin opnieuw.
signin-restart = Opnieuw beginnen
signin-continue-as = Verder als { $name }

## De code
code-title = Vul uw code in
code-from-authenticator = Uit uw authenticator-app, voor { $email }
code-from-mail = We hebben een code naar { $email } gestuurd.
code-from-sms = We hebben een code per sms naar { $to } gestuurd, voor { $email }.
code-from-recovery = Een van de herstelcodes die u hebt bewaard, voor { $email }
code-not-you = Bent u dit niet?
code-label-digits = { $count ->
    [one] Code van 1 cijfer
   *[other] Code van { $count } cijfers
}
code-label-characters = { $count ->
    [one] Code van 1 teken
   *[other] Code van { $count } tekens
}
code-missing = Vul de code in.
code-wrong = { $count ->
    [one] Deze code klopt niet. U hebt nog 1 poging.
   *[other] Deze code klopt niet. U hebt nog { $count } pogingen.
}
code-wrong-authenticator = { $count ->
    [one] Deze code klopt niet. De code verandert elke 30 seconden: vul in wat de app nu toont. U hebt nog 1 poging.
   *[other] Deze code klopt niet. De code verandert elke 30 seconden: vul in wat de app nu toont. U hebt nog { $count } pogingen.
}
code-used = Deze code is al gebruikt. Wacht op de volgende die uw app toont.
code-expired = Deze code is verlopen. Vraag een nieuwe aan.
code-expired-short = verlopen
code-exhausted = Er is te vaak een verkeerde code ingevuld. Begin opnieuw.
code-tries-left = { $count ->
    [one] nog 1 poging
   *[other] nog { $count } pogingen
}
code-resend-in = Opnieuw sturen over { $time }
code-resend = Opnieuw sturen
code-resent = Er is een nieuwe code onderweg naar { $to }. De vorige werkt niet meer.
code-resend-later = Vanaf { $time } kunt u een nieuwe code laten sturen.
code-resend-limit = Er kan nu geen code meer worden gestuurd. Probeer het later opnieuw.
code-mail-spam = Niets ontvangen? Kijk ook bij uw ongewenste mail.
code-other-ways = Op een andere manier
code-way-mail = Stuur een code per e-mail naar { $to }
code-way-authenticator = Gebruik uw authenticator-app
code-way-sms = Stuur een code per sms naar { $to }
code-way-passkey = Gebruik een passkey
code-way-recovery = Gebruik een herstelcode
code-waiting = wacht op een code

## Uitloggen
signout-title = Uitloggen?
signout-text = U bent ingelogd als { $name }. Na het uitloggen bent u in deze browser ook uitgelogd bij alle toepassingen die u van hieruit hebt geopend.
signout-submit = Uitloggen
signout-stay = Ingelogd blijven
signedout-title = U bent uitgelogd
signedout-text = Gebruikt u een gedeelde computer? Sluit dan ook de browser.
signedout-again = Opnieuw inloggen

## Een wachtwoord kiezen
setpw-title = Kies een wachtwoord
setpw-for = voor { $email }
setpw-new = Nieuw wachtwoord
setpw-repeat = Nogmaals hetzelfde wachtwoord
setpw-demand-length = Minstens { $count } tekens. Een paar woorden die alleen u zo combineert, zijn sterk en goed te onthouden.
setpw-too-short = Gebruik minstens { $count } tekens.
setpw-too-long = Gebruik hoogstens { $count } tekens.
setpw-too-common = Dit wachtwoord staat op lijsten die aanvallers het eerst proberen. Kies een ander.
setpw-too-personal = In dit wachtwoord staat uw naam of e-mailadres. Kies een ander.
setpw-same-as-old = Dit is uw huidige wachtwoord. Kies een nieuw.
setpw-not-same = De twee wachtwoorden zijn niet gelijk. Typ ze allebei opnieuw.
setpw-submit = Wachtwoord opslaan
setpw-done-title = Uw wachtwoord is opgeslagen
setpw-done-text = U kunt er nu mee inloggen. Overal elders bent u uitgelogd.
setpw-link-void-title = Deze link werkt niet meer
setpw-link-void-text = Een link werkt één keer en voor beperkte tijd; deze is al gebruikt of verlopen. Vraag uw beheerder om een nieuwe.

## Authenticator-app
totp-code = Code die de app toont

## Een uitnodiging
invitation-title = { $company } nodigt u uit
invitation-choose = Kies een wachtwoord; daarmee maakt u een account voor { $email }. Voortaan logt u in met dat wachtwoord en een code die we u mailen.
invitation-sign-in = Er is al een account voor { $email }. Log daarmee in; daarna komt u hier terug om de uitnodiging aan te nemen.
invitation-confirm = U bent ingelogd als { $email }. Neem de uitnodiging aan, dan ziet u meteen wat met u wordt gedeeld.
invitation-accept = Aannemen
invitation-other-title = U bent als iemand anders ingelogd
invitation-other-text = Deze uitnodiging is voor { $email }, maar in deze browser is { $name } ingelogd. Log uit om verder te gaan.
invitation-done-title = Welkom
invitation-done-text = U hebt de uitnodiging aangenomen. Bij { $company } logt u in met { $email }.
invitation-open = Openen
invitation-void-text = Een uitnodiging werkt één keer en voor beperkte tijd; deze is al gebruikt, ingetrokken of verlopen. Hebt u haar al aangenomen, log dan gewoon in; vraag anders om een nieuwe bij wie u uitnodigde.

## Een toepassing vraagt meer dan de persoon kan laten zien
stronger-title = U moet sterker inloggen
stronger-text = { $app } vraagt om een tweede stap die u nog niet hebt ingesteld.
stronger-text-own = Hiervoor is een tweede stap nodig die u nog niet hebt ingesteld.
stronger-how = Zodra die is ingesteld, opent vanzelf wat u vroeg.
stronger-how-link = Stel die in en open daarna de link in de mail opnieuw.
stronger-how-device = Stel die in en typ daarna de code van het apparaat opnieuw.
stronger-set-up = Tweede stap instellen
stronger-back = Terug naar { $app }
stronger-back-own = Terug naar de startpagina
code-remember = { $days ->
    [one] Op dit apparaat tot morgen niet naar een code vragen
   *[other] Op dit apparaat { $days } dagen niet naar een code vragen
}
code-undelivered = Het bericht aan { $to } kon niet worden bezorgd. Kies een andere manier, of laat het opnieuw sturen.

## Apparaten waarop niet naar een code wordt gevraagd
remembered-title = Onthouden apparaten
remembered-text = Op deze apparaten is uw wachtwoord een tijdlang genoeg. Vergeet een apparaat dat u niet meer gebruikt of niet kent.
remembered-none = Er zijn er geen. Bij het inloggen kunt u een apparaat laten onthouden, als uw organisatie dat toestaat.
remembered-used = Laatst gebruikt op { $time }, vanaf { $ip }
remembered-until = Onthouden tot { $time }
remembered-forget = Dit apparaat vergeten
