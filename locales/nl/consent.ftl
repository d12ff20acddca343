### Toepassingen toestemming geven, en ernaar terugkeren.

consent-title = { $app } toestaan?
consent-lead = { $app } vraagt om het volgende. U bent ingelogd als { $email }.
consent-unchecked = Deze toepassing heeft zichzelf aangemeld. Niemand bij { $company } heeft ernaar gekeken: sta het alleen toe als u weet van wie ze is.
consent-host = Uw antwoord gaat naar { $host }.
consent-later = U kunt het altijd weer intrekken, onder Mijn account.
consent-allow = Toestaan
consent-refuse = Weigeren
consent-policy = Hoe { $app } met uw gegevens omgaat
consent-terms = Voorwaarden van { $app }
consent-gone-title = Deze vraag is verlopen
consent-gone-text = Ze is al beantwoord of stond te lang open. Er is hiermee niets toegestaan; open de toepassing opnieuw.

## Waar om gevraagd wordt
consent-nothing = Weten dat u het bent
consent-scope-profile = Uw naam, taal, tijdzone en wat er verder in uw profiel staat
consent-scope-email = Uw e-mailadres
consent-scope-address = Uw postadres
consent-scope-phone = Uw telefoonnummer
consent-scope-offline_access = Deze toegang houden als u niet ingelogd bent, tot u die intrekt
consent-scope-records-read = Namens u de gegevens lezen die u mag zien
consent-scope-records-write = Namens u de gegevens wijzigen die u mag wijzigen
consent-scope-grants = Namens u zien en wijzigen wie bij relaties kan
consent-scope-account = Uw eigen account zien en wijzigen: hoe u inlogt en waar u ingelogd bent
consent-scope-admin = Namens u personen, groepen en toepassingen beheren
consent-scope-other = De bevoegdheid “{ $name }”
consent-resource = Namens u handelen bij { $name }
consent-claim-name = Uw naam
consent-claim-family_name = Uw achternaam
consent-claim-given_name = Uw voornaam
consent-claim-middle_name = Uw tussennaam
consent-claim-nickname = Uw roepnaam
consent-claim-preferred_username = De korte naam die u het liefst hebt
consent-claim-profile = Het adres van uw profielpagina
consent-claim-picture = Uw foto
consent-claim-website = Uw website
consent-claim-gender = Uw geslacht
consent-claim-birthdate = Uw geboortedatum
consent-claim-zoneinfo = Uw tijdzone
consent-claim-locale = Uw taal
consent-claim-updated_at = Wanneer uw profiel het laatst is gewijzigd
consent-claim-email = Uw e-mailadres
consent-claim-email_verified = Of uw e-mailadres bewezen is
consent-claim-address = Uw postadres
consent-claim-phone_number = Uw telefoonnummer
consent-claim-phone_number_verified = Of uw telefoonnummer bewezen is

## Op de weg terug naar de toepassing
formpost-title = Terug naar de toepassing
formpost-text = U wordt ernaar teruggebracht. Gebeurt er niets, druk dan op de knop.
signedout-on = Terug naar de toepassing
signedout-frame = Logt u uit bij een toepassing
formpost-submit = Verder

error-request-object-title = Deze inlogpoging is niet te vertrouwen
error-request-object-text = Wat de toepassing vroeg, is verkeerd ondertekend of niet te lezen. Voor uw veiligheid stopt het hier. Meld het aan de eigenaar van de toepassing.
