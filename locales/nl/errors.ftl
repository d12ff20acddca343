### Fouten: wat er gebeurde, wat dat betekent, wat u kunt doen.

error-title = Er ging iets mis
error-to-start = Naar het begin
error-back = Terug
error-try-again = Opnieuw proberen
error-request-id = Noem dit nummer als u om hulp vraagt:

error-not-found-title = Deze pagina is er niet
error-not-found-text = Ze bestaat niet, of u mag haar niet zien. Kijk het adres na, of zoek vanaf het begin.
error-forbidden-title = Dit mag u niet
error-forbidden-text = Uw rechten zijn hiervoor niet genoeg. Hebt u dit voor uw werk nodig? Vraag het uw beheerder.
error-overloaded-title = Het is nu erg druk
error-overloaded-text = Uw opdracht is niet uitgevoerd en er is niets veranderd. Probeer het over een minuut opnieuw.
error-unavailable-title = Een deel van het systeem antwoordt niet
error-unavailable-text = Uw opdracht is niet uitgevoerd en er is niets veranderd. Probeer het over een minuut opnieuw.
error-expired-title = Deze pagina is verlopen
error-expired-text = Ze stond te lang open; er is niets veranderd. Begin opnieuw.
error-csrf-title = Deze opdracht kwam niet van onze eigen pagina
error-csrf-text = Voor uw veiligheid is ze niet uitgevoerd. Open de pagina opnieuw en herhaal wat u wilde doen.
error-masked-title = Dit veld is afgeschermd
error-masked-text = U mag dit item lezen, maar dit veld is voor u afgeschermd: u kunt er niet op filteren, sorteren of zoeken.
error-bad-request-title = Deze opdracht is niet te begrijpen
error-bad-request-text = Er ontbreekt iets of er is iets beschadigd; er is niets veranderd. Ga terug en probeer het nog eens.
error-too-large-title = Dit is te groot
error-too-large-text = Er is meer gestuurd dan in één keer kan, en er is niets opgeslagen. Maak het kleiner en probeer het opnieuw.
error-too-many-title = Dat was iets te vaak
error-too-many-text = Om iedereen te beschermen kan dit niet onbeperkt achter elkaar. Wacht even en probeer het opnieuw.
error-method-title = Zo kan deze pagina niet worden gebruikt
error-method-text = Er is niets veranderd. Ga terug en gebruik de knoppen op de pagina.
error-conflict-title = Iemand was u voor
error-conflict-text = Wat u wilde wijzigen, is intussen al gewijzigd. Bekijk het opnieuw en herhaal dan uw wijziging.
error-internal-title = Bij ons ging iets mis
error-internal-text = Het is vastgelegd en met het nummer hieronder terug te vinden. Probeer het opnieuw; gebeurt het nog eens, vraag dan om hulp.

## Inloggen bij een toepassing
error-client-unknown-title = Deze toepassing is hier niet bekend
error-client-unknown-text = De link waarmee u hier kwam, is onjuist of oud. Open de toepassing opnieuw; helpt dat niet, meld het dan de beheerder van die toepassing.
error-redirect-title = Dit inloggen is niet te vertrouwen
error-redirect-text = De toepassing wil u naar een adres sturen dat niet voor haar geregistreerd is. Voor uw veiligheid stopt het hier. Meld het de beheerder van de toepassing.
error-not-allowed-title = { $name } mag u niet gebruiken
error-not-allowed-text = U bent ingelogd, maar deze toepassing staat niet voor u open. Hebt u haar nodig, vraag het dan uw beheerder. De toepassing hoort alleen dat u haar niet mag gebruiken.
error-not-allowed-back = Terug naar { $name }
error-logout-hint-title = Dit uitloggen kan niet worden uitgevoerd
error-logout-hint-text = Het verzoek van de toepassing hoort niet bij een aanmelding op deze server; er is niemand uitgelogd. Log uit vanaf uw startpagina.
error-logout-address-title = Dit uitloggen is niet te vertrouwen
error-logout-address-text = De toepassing wil u naar een adres sturen dat niet voor haar geregistreerd is. Voor uw veiligheid stopt het hier, en er is niemand uitgelogd. Meld het de beheerder van de toepassing.
error-signin-refused-title = Deze toepassing mag u niet openen
error-signin-refused-text = U bent ingelogd, maar deze toepassing staat niet voor u open. Vraag het uw beheerder.
error-signin-failed-title = Inloggen is niet gelukt
error-signin-failed-text = Het antwoord van de inlogserver past niet bij wat gevraagd was. Er is niets gebeurd; log opnieuw in.
error-detail = Bijzonderheden voor de beheerder van de toepassing
