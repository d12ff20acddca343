### Een account van begin tot eind.

notice-password-changed = Uw wachtwoord is gewijzigd
notice-password-reset = Uw wachtwoord is opnieuw ingesteld
notice-email-changed = Uw e-mailadres is gewijzigd
notice-phone-changed = Uw telefoonnummer is gewijzigd
notice-authenticator-added = Er is een authenticator-app ingesteld
notice-authenticator-removed = Uw authenticator-app is verwijderd
notice-passkey-added = Er is een passkey toegevoegd: { $name }
notice-passkey-removed = Er is een passkey verwijderd: { $name }
notice-recovery-codes-made = Er zijn nieuwe herstelcodes gemaakt
notice-recovery-code-used = Er is een herstelcode gebruikt
notice-new-device = Ingelogd met een nieuwe browser
notice-factors-reset = Uw tweede factoren zijn verwijderd
notice-account-linked = Er is een account bij een andere aanbieder gekoppeld: { $name }
notice-hello = Dag { $name },
notice-at =
    { $what } ({ $company }).

    Wanneer: { $at }
notice-where = Met: { $device }, vanaf { $ip }
notice-not-me =
    Was u dit zelf, dan hoeft u niets te doen.

    Was u dit niet, stop het dan hier, tot { $until }:

    { $link }

    Daarmee wordt elke browser uitgelogd en het wachtwoord geblokkeerd, en krijgen de beheerders bericht.

not-me-title = Was u dit niet?
not-me-what = Als u het nu stopt:
not-me-what-sessions = worden alle browsers en toepassingen uitgelogd;
not-me-what-password = werkt het wachtwoord niet meer, tot er een nieuw gekozen is;
not-me-what-factors = wordt verwijderd wat sindsdien aan het account is toegevoegd, en een gewijzigd e-mailadres teruggezet;
not-me-what-told = krijgen de beheerders bericht.
not-me-submit = Stop het
not-me-otherwise = Was u het toch zelf, sluit deze pagina dan. Er is nog niets gebeurd.
not-me-done-title = Het is gestopt
not-me-done-text = Alle browsers zijn uitgelogd en het wachtwoord werkt niet meer. De beheerders hebben bericht gekregen.
not-me-done-next = Kies een nieuw wachtwoord
not-me-void-text = Deze link is te oud om nog iets te stoppen. Is er iemand anders in uw account, kies dan nu een nieuw wachtwoord en meld het uw beheerder.

mail-alarm-subject = { $person } zegt: “dit was ik niet”
mail-alarm-body =
    Dag { $name },

    { $person } ({ $email }) kreeg bericht van iets en zegt dat het iemand anders was:

    { $what }
    { $at }
    { $where }

    Het account is overal uitgelogd en het wachtwoord is geblokkeerd. Zoek uit hoe dit kon gebeuren voordat u helpt het weer te openen.

account-email-text = Beide adressen krijgen een link. Met het nieuwe adres logt u in zodra beide bevestigd zijn; tot die tijd verandert er niets.
account-email-new = Nieuw e-mailadres
account-email-submit = Stuur beide links
account-email-same = Dit is uw huidige adres.
account-email-too-many = Er is te vaak om een wijziging gevraagd. Het kan weer vanaf { $time }.
account-email-waiting = Wacht op bevestiging: { $address }
account-email-waiting-text = Open de links in beide mails, tot { $until }.
account-email-proven = bevestigd
account-email-missing = nog niet bevestigd
account-email-cancel = Zie af van deze wijziging
address-old-title = E-mailadres wijzigen?
address-old-text = U logt in met { $present }. U vroeg om voortaan in te loggen met { $address }.
address-new-title = Is dit uw adres?
address-new-text = Met het account van { $present } wordt voortaan ingelogd met { $address }.
address-submit = Ja, bevestigen
address-waiting-title = Bevestigd
address-waiting-text = Open nu de link die naar { $address } is gestuurd. Tot die tijd verandert er niets.
address-changed-title = Uw e-mailadres is gewijzigd
address-changed-text = U logt voortaan in met { $address }.
address-taken-title = Dit adres kan niet gebruikt worden
address-taken-text = Er is al een account met { $address }. Er is niets gewijzigd.
address-void-text = De link is gebruikt of verlopen, of er is sindsdien om een andere wijziging gevraagd. Door hem te openen is er niets veranderd.
mail-address-old-subject = Bevestig dat uw e-mailadres verandert
mail-address-old-body =
    Dag { $name },

    Iemand die bij { $company } als u is ingelogd, vroeg om een ander e-mailadres: { $address }. Was u dat, bevestig het dan hier, tot { $until }:

    { $link }

    Was u het niet, open de link dan niet: er is iemand anders in uw account. Wijzig uw wachtwoord en meld het uw beheerder.
mail-address-new-subject = Bevestig uw e-mailadres voor { $company }
mail-address-new-body =
    Dag { $name },

    Met het account van { $address } bij { $company } wordt voortaan met dit adres ingelogd. Is dat van u, bevestig het dan hier, tot { $until }:

    { $link }

    Weet u hier niets van, dan hoeft u niets te doen; er gebeurt dan niets.
mail-address-taken-subject = Over uw e-mailadres bij { $company }
mail-address-taken-body =
    Dag { $name },

    Het account van { $address } bij { $company } vroeg om voortaan met dit adres in te loggen. U hebt er al een account mee, dus er verandert niets.

    Was u dat, gebruik dan het account dat u hier hebt. Zo niet, dan hoeft u niets te doen.

account-password-change = Wachtwoord wijzigen
account-password-done = Uw wachtwoord is gewijzigd.
account-password-done-text = Overal elders bent u uitgelogd.

recover-title = Weer toegang tot uw account

recover-text = Vul het e-mailadres in waarmee u inlogt. We sturen er een link naartoe; daarna laat u nog op één andere manier zien dat u het bent, want een mailbox alleen is niet genoeg.
recover-submit = Stuur link
recover-back = Terug naar inloggen
recover-sent-title = Kijk in uw mail
recover-sent-text = Is er een account met { $email }, dan is er een mail onderweg. De link daarin werkt een uur.
recover-prove-title = Toon dat u het bent
recover-prove-text = Voor het account van { $email } is de link alleen niet genoeg. Kies een van deze manieren.
recover-authenticator = Uit uw authenticator-app.
recover-code = Herstelcode
recover-code-hint = Een van de codes die u ooit bewaard hebt.
recover-sms = Code per sms
recover-sms-hint = Naar { $to }.
recover-sms-send = Stuur de code
recover-sms-sent = De code is onderweg.
recover-exhausted = Er waren te veel onjuiste codes. Vraag een nieuwe link, of vraag een beheerder.
recover-ask-title = Vraag een beheerder
recover-ask-text = Een beheerder die u kent bekijkt het en keurt het goed. Daarna krijgt u weer een mail.
recover-lost = Wat u kwijt bent
recover-scope-password = Het wachtwoord
recover-scope-factors = Het wachtwoord en de tweede factor (app, sleutel of telefoon)
recover-reason = Aan de beheerder
recover-reason-hint = Bijvoorbeeld hoe u teruggebeld kunt worden.
recover-ask-submit = Vragen
recover-waiting-title = Er is een beheerder gevraagd
recover-waiting-text = U krijgt een mail op { $email } zodra er beslist is, uiterlijk { $until }.
recover-refused-title = Geweigerd
recover-refused-text = Een beheerder heeft geweigerd het account zo te openen. Neem contact op met uw beheerder.
recover-factors-go = Met het nieuwe wachtwoord worden uw tweede factoren verwijderd. Daarna stelt u meteen nieuwe in.
recover-void-text = De link is gebruikt of verlopen, of er is sindsdien een andere gevraagd. Vraag een nieuwe.
mail-recover-subject = Weer toegang tot uw account bij { $company }
mail-recover-body =
    Dag { $name },

    Iemand vroeg om weer toegang te krijgen tot uw account bij { $company }. Was u dat, ga dan hier verder, tot { $until }:

    { $link }

    Was u het niet, dan hoeft u niets te doen: deze link alleen opent niets.
mail-recover-approved-subject = Uw account bij { $company }: goedgekeurd
mail-recover-approved-body =
    Dag { $name },

    Een beheerder van { $company } heeft het goedgekeurd. Kies hier een nieuw wachtwoord, tot { $until }:

    { $link }
mail-recover-refused-subject = Uw account bij { $company }: geweigerd
mail-recover-refused-body =
    Dag { $name },

    Een beheerder van { $company } heeft geweigerd uw account zo te openen. Neem contact op met uw beheerder.
mail-recover-asked-subject = Iemand vraagt weer toegang tot een account bij { $company }
mail-recover-asked-body =
    Dag { $name },

    { $person } ({ $email }) vraagt weer toegang tot het account bij { $company }.

    Kwijt: { $scope }
    In eigen woorden: { $reason }

    Ga na dat het echt deze persoon is: bel terug op een nummer dat u kent. Beslis dan hier, tot { $until }:

    { $link }
sms-recover-code = { $company }: { $code } is uw code om weer toegang tot uw account te krijgen ({ $minutes } min). Geef hem aan niemand.

register-title = Maak een account
register-text = Bij { $company }. Uw adres wordt per mail bevestigd.
register-sent-text = In een mail aan { $email } staat hoe u verdergaat.
register-domain = Hier werken alleen adressen van bepaalde organisaties. Gebruik uw zakelijke adres, of vraag om een uitnodiging.
welcome-title = Welkom
welcome-text = Dag { $name }. Kies een wachtwoord; daarmee logt u in als { $email }.
welcome-known-title = U hebt al een account
welcome-known-text = Er is een account met dit adres. Log daarmee in; bent u het wachtwoord kwijt, dan is er een weg terug.
mail-welcome-subject = { $company } nodigt u uit
mail-welcome-body =
    Dag { $name },

    { $company } nodigt u uit om een account te maken. Begin hier:

    { $link }

    De link werkt één keer, tot { $until }, en is alleen voor u bedoeld: geef hem niet door.
mail-register-subject = Bevestig uw e-mailadres voor { $company }
mail-register-body =
    Dag { $name },

    U vroeg om een account bij { $company }. Bevestig hier uw adres en kies een wachtwoord, tot { $until }:

    { $link }

    Weet u hier niets van, dan hoeft u niets te doen; er gebeurt dan niets.
mail-registered-subject = U hebt al een account bij { $company }
mail-registered-body =
    Dag { $name },

    Iemand vroeg om een account bij { $company } met dit adres, maar dat is er al. Log hier in:

    { $link }

    Bent u het wachtwoord kwijt, dan is er een weg terug: { $recover }

    Was u het niet, dan hoeft u niets te doen.
