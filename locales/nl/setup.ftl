### Instellen hoe men inlogt, stap voor stap: na het kiezen van een wachtwoord, en waar meer wordt gevraagd dan iemand heeft.

setup-title = Hoe u inlogt
setup-steps = Stappen
setup-step = Stap { $step } van { $of }
setup-step-done = Klaar:
setup-step-password = Wachtwoord
setup-step-factor = Tweede stap
setup-step-codes = Herstelcodes

setup-factor-title = Kies een tweede stap
setup-asked = { $company } vraagt naast uw wachtwoord om een tweede stap. Kies hoe u die wilt zetten.
setup-asked-app = { $app } vraagt om een tweede stap die u nog niet hebt ingesteld. Kies hoe u die wilt zetten; daarna opent { $app }.
setup-offered = Met een tweede stap komt niemand binnen die alleen uw wachtwoord kent.
setup-offered-fresh = Uw wachtwoord is opgeslagen en u bent ingelogd. Met een tweede stap komt niemand binnen die alleen dat wachtwoord kent.
setup-passkey = Passkey
setup-passkey-text = Uw vingerafdruk, gezicht of pincode. Het snelst, en niet te phishen.
setup-authenticator = Authenticator-app
setup-authenticator-text = Een app op uw telefoon die elke 30 seconden een nieuwe code toont.
setup-sms = Sms-bericht
setup-sms-text = Telkens een code naar uw telefoon.
setup-none-title = Niets daarvan kan hier worden ingesteld
setup-none-text = Wat wordt gevraagd, is op dit adres niet beschikbaar. Laat het uw beheerder weten.
setup-later = Niet nu
setup-another-way = Een andere manier kiezen

setup-codes-title = Bewaar een weg terug
setup-codes-text = Raakt u uw telefoon of sleutel kwijt, dan komt u met een herstelcode binnen. U krijgt er tien; elk werkt één keer. Druk ze af of bewaar ze op een veilige plek.
setup-codes-show = Toon mijn herstelcodes
