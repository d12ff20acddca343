### Hoe u inlogt: passkeys, authenticator-app, herstelcodes, telefoon; en inloggen met een passkey.

security-title = Beveiliging
security-back = Terug naar Beveiliging
security-change = Wijzigen
security-change-named = { $name } wijzigen
security-added = Toegevoegd op { $added }
security-added-used = Toegevoegd op { $added }, laatst gebruikt op { $used }
security-used = Laatst gebruikt op { $used }
security-set-up = Ingesteld
security-never = Nooit
security-gone-title = Dit is verlopen
security-gone-text = Het duurde te lang, het was al afgerond, of er waren te veel verkeerde codes. Er is niets veranderd; begin opnieuw.
security-fact-added = Toegevoegd
security-fact-used = Laatst gebruikt
security-fact-signs-in = Logt in
security-fact-kept = Bewaard

security-no-recovery-title = U hebt geen herstelcodes
security-no-recovery-text = Raakt u uw telefoon of sleutel kwijt, dan komt u er alleen hiermee nog in. Maak ze nu en bewaar ze ergens anders.

security-passkeys = Passkeys
security-passkeys-text = Log in met uw vingerafdruk, gezicht of pincode in plaats van een code. Een passkey blijft op uw apparaat en valt niet te ontfutselen.
security-passkeys-none-here = Passkeys werken alleen op een adres met een naam; deze installatie opent u met een nummer.
security-passkey-add = Passkey toevoegen
security-passkey-new-text = Uw browser laat u een apparaat kiezen en bevestigen met uw vingerafdruk, gezicht of pincode.
security-passkey-script = Een passkey toevoegen kan alleen met JavaScript. Al het andere op deze pagina’s werkt zonder.
security-passkey-name = Naam
security-passkey-name-hint = Om hem te herkennen, bijvoorbeeld “Laptop werk”.
security-passkey-make = Verder
security-name-wrong = Vul een naam van 1 tot { $count } tekens in.
security-passkey-full = U hebt het grootste aantal passkeys. Verwijder er een die u niet meer gebruikt.
security-passkey-alone = op zichzelf, zonder wachtwoord
security-passkey-after = na uw wachtwoord
security-passkey-unsaid = na uw wachtwoord, en misschien op zichzelf
security-passkey-synced = bij uw account van de maker, op meerdere apparaten
security-passkey-bound = op één apparaat
security-passkey-remove = Deze passkey verwijderen
security-passkey-remove-text = U kunt er hier niet meer mee inloggen. Op uw apparaat blijft hij staan tot u hem daar ook verwijdert. Is hij verloren of gestolen, log dan ook overal elders uit.
security-passkey-suspect = Uitgeschakeld: misschien is er een kopie
security-passkey-suspect-text = Een antwoord van deze passkey was ouder dan een eerder antwoord. Dat gebeurt als iemand hem gekopieerd heeft, en daarom kunt u er niet meer mee inloggen. Verwijder hem en voeg een nieuwe toe.

security-app = Authenticator-app
security-app-text = Een app op uw telefoon toont een code die elke 30 seconden verandert.
security-app-on = Er is een authenticator-app ingesteld
security-app-set-up = App instellen
security-app-scan = Open de app, kies voor het toevoegen van een account en scan deze afbeelding.
security-app-type = Lukt scannen niet? Typ deze sleutel in de app:
security-app-here = Open de app op dit apparaat
security-app-confirm = Vul daarna de code in die de app toont.
security-app-again = De afbeelding opnieuw tonen
security-app-submit = Bevestigen
security-app-replace = Overstappen op een andere app
security-app-replace-text = Stapt u over op een andere app of telefoon, dan vervallen de codes van de huidige zodra u bevestigd hebt.
security-app-remove = App verwijderen
security-app-remove-text = U kunt niet meer inloggen met codes van deze app. Voortaan krijgt u codes op een andere manier.

security-recovery = Herstelcodes
security-recovery-text = Tien codes om op papier te bewaren. Met elke code en uw wachtwoord logt u één keer in als u uw telefoon of sleutel niet bij u hebt.
security-recovery-make = Herstelcodes maken
security-recovery-left = { $count ->
    [0] Geen over, gemaakt op { $made }
    [one] Nog 1 code over, gemaakt op { $made }
   *[other] Nog { $count } codes over, gemaakt op { $made }
}
security-recovery-have = { $count ->
    [one] U hebt nog 1 code
   *[other] U hebt nog { $count } codes
}
security-recovery-replace-text = Nieuwe codes komen ervoor in de plaats: wat u op papier hebt, werkt dan niet meer.
security-recovery-once = U ziet deze codes alleen nu
security-recovery-keep = Druk ze af of schrijf ze op, en bewaar ze niet bij uw telefoon of wachtwoord. Elke code werkt één keer.
security-recovery-download = Opslaan als bestand
security-recovery-kept = Ik heb ze bewaard
security-recovery-filename = herstelcodes
security-recovery-file = Herstelcodes voor { $email } bij { $company }. Elke code werkt één keer, samen met uw wachtwoord.

security-phone = Telefoon voor codes
security-phone-text = We kunnen codes per sms naar uw telefoon sturen. Een app of passkey is veiliger: berichten kunnen worden omgeleid.
security-phone-add = Telefoon toevoegen
security-phone-number = Telefoonnummer
security-phone-hint = Met landnummer, bijvoorbeeld +31 6 12345678.
security-phone-wrong = Dit is geen telefoonnummer dat berichten kan ontvangen. Schrijf het met landnummer.
security-phone-send = Code sturen
security-phone-sent = We hebben een code gestuurd naar { $to }. Vul hem in om te laten zien dat de telefoon van u is.
security-phone-confirm = Bevestigen
security-phone-other = Een ander nummer gebruiken
security-phone-replace-text = Een ander nummer komt ervoor in de plaats zodra u dat bevestigd hebt.
security-phone-remove = Telefoon verwijderen
security-phone-remove-text = Er gaan geen codes meer naartoe.
security-phone-later = Er kunnen nu geen berichten meer worden gestuurd. Het volgende kan vanaf { $time }.

security-others = Verder
security-password = Uw wachtwoord wijzigen
security-email = Uw e-mailadres wijzigen
security-sessions = Zien waar u ingelogd bent

security-done-passkey-added = Uw passkey is toegevoegd. U kunt er voortaan mee inloggen.
security-done-passkey-renamed = De naam is opgeslagen.
security-done-passkey-removed = De passkey is verwijderd.
security-done-app-added = Uw authenticator-app is ingesteld.
security-done-app-removed = De authenticator-app is verwijderd.
security-done-recovery-made = U hebt nieuwe herstelcodes.
security-done-phone-added = Uw telefoon is bevestigd.
security-done-phone-removed = Er gaan geen codes meer naar uw telefoon.

## Wat een browser of server over een passkey zegt
passkey-cancelled = Dat is afgebroken of duurde te lang. Probeer het opnieuw of kies een andere manier.
passkey-known = Dit apparaat heeft al een passkey voor dit account.
passkey-failed = Dat is niet gelukt. Probeer het opnieuw of kies een andere manier.
passkey-unsupported = Deze browser kan geen passkeys gebruiken. Kies een andere manier.
passkey-unverified = Uw apparaat heeft niet nagegaan of u het bent. Stel daarop eerst een pincode, vingerafdruk of gezicht in.
passkey-unattested = Uw organisatie neemt alleen bepaalde beveiligingssleutels aan, en deze hoort daar niet bij.

## Ermee inloggen
passkey-title = Gebruik uw passkey
passkey-for = voor { $email }
passkey-use = Passkey gebruiken
passkey-or = of
passkey-sign-in = Inloggen met een passkey
passkey-script = Passkeys werken alleen met JavaScript. Kies hieronder een andere manier.
passkey-not-known = Deze passkey is hier niet bekend. Log in met uw wachtwoord.
passkey-copied = Deze passkey is uitgeschakeld, omdat er misschien een kopie van is. Log op een andere manier in en kijk bij Beveiliging.
recovery-label = Herstelcode

sms-phone-code = { $company }: { $code } bevestigt uw telefoon ({ $minutes } min). Hebt u hier niet om gevraagd, negeer dit bericht dan.
