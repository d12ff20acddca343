### De klantdossiers: onderdelen, lijsten, formulieren, het dossier, wachten op een code, en de controle van een bewijs.

## Kader en onderdelen
crm-nav-label = Onderdelen
crm-nav-more = Meer
crm-search-label = Zoeken
crm-search-placeholder = Zoek relaties, mensen, nummers
crm-section-overview = Overzicht
crm-section-relations = Relaties
crm-section-contacts = Contacten
crm-section-deliveries = Leveringen
crm-section-quotes = Offertes
crm-section-activities = Activiteiten
crm-section-notes = Notities
crm-section-documents = Documenten

## Overzicht
overview-title = Overzicht
overview-todo = Te doen
overview-todo-none = Niets te doen. Wat van u gevraagd wordt, verschijnt hier.
overview-pending = Wacht op een code
overview-pending-none = Er wacht geen wijziging op een code.
overview-pending-item = { $name } · code gestuurd naar { $to }
overview-sealed = Onlangs bezegeld
overview-sealed-none = Er is nog niets bezegeld.
overview-recent = Onlangs gewijzigd
overview-recent-none = Er is nog niets gewijzigd.

## Lijsten
crm-new = Nieuw
crm-new-relation = Nieuwe relatie
crm-new-contact = Nieuw contact
crm-new-delivery = Nieuwe levering
crm-new-quote = Nieuwe offerte
crm-new-activity = Nieuwe activiteit
crm-new-note = Nieuwe notitie
crm-new-document = Nieuw document
crm-new-in = Nieuw bij { $section }
crm-name = Naam
crm-number = Nummer
crm-status = Status
crm-date = Datum
crm-amount = Bedrag
crm-today = vandaag
crm-tomorrow = morgen
crm-yesterday = gisteren
crm-internal = Intern
crm-keys-hint = Toetsen: j en k om te bladeren, Enter opent, e bewerkt, / zoekt.
crm-filter-label = Filters
crm-filter-add = Filter toevoegen
crm-filter-remove = Dit filter weghalen
crm-filter-clear = Alle filters weghalen
crm-filter-apply = Tonen
crm-filter-mine = Alleen van mij
crm-search-title = Gevonden voor ‘{ $query }’
crm-search-none-title = Niets gevonden
crm-search-none-text = Niets van wat u mag zien past bij ‘{ $query }’. Kijk de spelling na, of zoek op een deel ervan.
crm-filter-none-title = Niets past bij deze filters
crm-filter-none-text = Haal er een weg om meer te zien.
crm-empty-relations-title = Nog geen relaties
crm-empty-relations-text = Hier staan de bedrijven en mensen met wie u zaken doet.
crm-empty-contacts-title = Nog geen contacten
crm-empty-contacts-text = Hier staan de mensen bij uw relaties.
crm-empty-deliveries-title = Nog geen leveringen
crm-empty-deliveries-text = Hier staat wat u bij een klant brengt, van gepland tot afgeleverd.
crm-empty-quotes-title = Nog geen offertes
crm-empty-quotes-text = Hier staat wat u een klant aanbiedt, en wat ervan werd.
crm-empty-activities-title = Nog geen activiteiten
crm-empty-activities-text = Hier staan taken, telefoongesprekken, afspraken en brieven.
crm-empty-notes-title = Nog geen notities
crm-empty-notes-text = Hier staat wat er gezegd en afgesproken is.
crm-empty-documents-title = Nog geen documenten
crm-empty-documents-text = Hier staan contracten, brieven en tekeningen.
crm-empty-title = Hier staat nog niets
crm-empty-text = Het eerste dat u maakt, verschijnt hier.

## Eén record
crm-edit = Bewerken
crm-delete = Verwijderen
crm-history = Geschiedenis
crm-version = Versie { $number }
crm-version-by = { $name }, { $at }
crm-history-none = Niet gewijzigd sinds het gemaakt is.
crm-history-created = maakte dit
crm-history-changed = wijzigde dit
crm-history-deleted = verwijderde dit
crm-last-changed = Laatst gewijzigd door { $name } op { $at }
crm-saved = Opgeslagen.
crm-details = Gegevens

## Het formulier
crm-edit-title = { $name } bewerken
crm-changed-meanwhile-title = Iemand heeft dit intussen opgeslagen
crm-changed-meanwhile-text = { $name } wijzigde dit op { $at }. Uw waarden staan nog in het formulier: vergelijk ze en sla dan opnieuw op.
crm-delete-title = Dit verwijderen?
crm-delete-text = { $name } verdwijnt uit alle lijsten. Een beheerder kan het terughalen.
crm-read-only = U mag dit lezen, niet wijzigen.

## Dossier
dossier-tabs-label = Delen van het dossier
dossier-timeline = Tijdlijn
dossier-timeline-none = Er is nog niets gebeurd. Wat u over deze relatie opslaat, plant of schrijft, verschijnt hier.
dossier-facts = Gegevens
dossier-actions = Open acties
dossier-actions-none = Geen open acties.
dossier-add = Aan dossier toevoegen
dossier-all-kinds = Alle soorten
dossier-everyone = Iedereen
dossier-people-label = Wie het deed
dossier-changed-by = is gewijzigd door { $name } op { $at }
dossier-created-by = is gemaakt door { $name } op { $at }

## Wie u bent
who-title = Wie u bent
who-text = Hoe u hier bent ingelogd, en de rollen die bepalen wat u ziet en mag.
who-technical = Voor de helpdesk
who-name = Naam
who-subject = Kenmerk
who-roles = Rollen
who-roles-none = U hebt hier nog geen rol. Vraag het uw beheerder.
who-strength = Hoe u hebt ingelogd
who-strength-mail = Wachtwoord en code per e-mail
who-strength-sms = Wachtwoord en code per sms
who-strength-authenticator = Wachtwoord en authenticator-app
who-strength-passkey = Passkey
who-strength-password = Alleen wachtwoord
who-signed-in-at = Ingelogd
who-revision = Stand van de toegang

## Wachten op een code
ask-title = Vul de code van de klant in
ask-text = Vraag { $name } om de code die naar { $to } is gestuurd.
ask-text-unnamed = Vraag om de code die naar { $to } is gestuurd.
ask-sending = De code is onderweg.
ask-send-failed-title = De code kon niet worden bezorgd
ask-send-failed-text = Controleer het contactpunt met een collega, of probeer het later opnieuw. Er is niets veranderd.
ask-rule = Gevraagd door de regel { $by }
ask-confirm = Bevestigen
ask-cancel = Wijziging annuleren
ask-waiting-title = { $name } wacht op een code
ask-waiting-text = Zolang de code niet is ingevuld, verandert er niets.
ask-expired-title = Deze code is verlopen
ask-expired-text = Er is niets veranderd. Vraag een nieuwe code aan, of annuleer.
ask-expired-left = { $count ->
    [0] Deze code is verlopen, en er kan nu geen nieuwe worden gestuurd.
    [one] Deze code is verlopen. Vraag een nieuwe aan; dat kan nog 1 keer.
   *[other] Deze code is verlopen. Vraag een nieuwe aan; dat kan nog { $count } keer.
}
ask-exhausted-title = Te veel verkeerde codes
ask-exhausted-text = Deze wijziging kan niet meer worden bevestigd; er is niets veranderd. Begin opnieuw, of vraag uw leidinggevende.
ask-limit-title = Geen codes meer voor deze wijziging
ask-limit-text = De grens voor deze wijziging is bereikt. Vraag uw leidinggevende.
ask-void-title = Deze wijziging is vervallen
ask-void-text = Er is niets veranderd. Begin opnieuw met de huidige waarden.
ask-void-record-changed = De gegevens zijn intussen gewijzigd.
ask-void-rule-changed = De regel die om de code vroeg, is intussen gewijzigd.
ask-void-rights = U mag deze wijziging niet meer doen.
ask-void-recipient = Het contactpunt is intussen gewijzigd.
ask-void-time = Het uitvoeren duurde te lang.
ask-cancelled-title = De wijziging is geannuleerd
ask-cancelled-text = Er is niets veranderd.
ask-done = Bevestigd en opgeslagen.
ask-busy = De inlogserver antwoordt nu niet. Was de code goed, dan wordt de wijziging vanzelf opgeslagen; zo niet, vul de code dan zo dadelijk opnieuw in.

## Het zegel
seal-text = Bevestigd door { $to } op { $at }

## Een bewijs controleren
receipt-title = Een bewijs controleren
receipt-genuine = Dit bewijs is echt
receipt-not-genuine = Dit bewijs is niet echt
receipt-what = { $company } heeft een wijziging uitgevoerd nadat die met een code was bevestigd.
receipt-intro = Een bewijs toont aan dat een wijziging met een code is bevestigd. Ga hier na of een bewijs echt is.
receipt-input = Bewijs
receipt-input-hint = Open het bestand dat u hebt gekregen in een teksteditor en plak hier de hele inhoud.
receipt-submit = Controleren
receipt-missing = Plak eerst een bewijs.
receipt-confirmed-at = Bevestigd
receipt-applied-at = Uitgevoerd
receipt-confirmed-by = Bevestigd door
receipt-confirmed-with = Bevestigd met
receipt-by-sms = de code per sms aan { $to }
receipt-by-mail = de code per e-mail aan { $to }
receipt-entered-by = Ingevuld door
receipt-rule = Regel
receipt-rule-version = { $name }, versie { $version }
receipt-record = Record
receipt-chain = In de keten van dit record
receipt-chain-number = Bewijs { $number } van dit record
receipt-chain-whole = Ervoor ontbreekt niets.
receipt-chain-of = Nummer { $number } van { $count }, er ontbreekt niets
receipt-covered = Vastgelegd in controlepunt { $number }
receipt-by-sms-hidden = een code per sms
receipt-by-mail-hidden = een code per e-mail
receipt-own-copy = Wat er is gewijzigd staat hier niet: deze pagina is openbaar. Plak uw eigen kopie van het bewijs om het te zien.
receipt-check-another = Een bewijs controleren
receipt-hidden = niet getoond
receipt-hidden-text = In deze kopie zijn sommige waarden weggelaten. Het bewijs is even geldig.
receipt-why-malformed = Dit is geen bewijs, of er ontbreekt een stuk. Kopieer het opnieuw in zijn geheel.
receipt-why-signature = De handtekening past niet bij de inhoud: die is later veranderd, of het bewijs is hier nooit uitgegeven.
receipt-why-key = Het is ondertekend met een sleutel die niet van ons is.
receipt-why-issuer = Het is door iemand anders uitgegeven.
receipt-why-disclosure = Een getoonde waarde hoort niet bij dit bewijs.
receipt-why-not-applied = De wijziging is wel bevestigd, maar niet uitgevoerd.
receipt-why-unknown = De handtekening past, maar dit bewijs is hier niet bekend.
receipt-why-chain = De bewijzen van dit record sluiten niet op elkaar aan: er ontbreekt er een, of er is een vervangen.
receipt-do = Vertrouw er niet op. Vraag het bedrijf waarvan u het kreeg om een nieuwe kopie.
receipt-download = Downloaden
receipt-print = Afdrukken
receipt-not-me = Dit was ik niet
receipt-not-me-text = Meld het meteen aan het bedrijf, en noem het nummer van het bewijs.
receipt-technical = Voor wie handtekeningen controleert
receipt-technical-text = Het bewijs is een SD-JWT (RFC 9901). De waarden zijn ‘disclosures’: ze kunnen worden gewist zonder dat de handtekening of de keten breekt.
receipt-key = Sleutel
receipt-algorithm = Algoritme
receipt-id = Nummer van het bewijs
receipt-digest = Controlegetal van de inhoud
receipt-previous = Controlegetal van het vorige bewijs
receipt-first = Dit is het eerste bewijs van dit record.
receipt-keys-at = Gepubliceerde sleutels

## Een wijziging die wacht: meer daarover
pending-by = Gevraagd door { $name }.
pending-rule-done = bevestigd
pending-to-record = Naar de gegevens
pending-tries-again = Vanaf { $time } kunt u het opnieuw proberen.
pending-void-expired = De code is niet op tijd ingevuld.
pending-recipient-missing-title = Niemand kan dit bevestigen
pending-recipient-missing-text = Voor deze wijziging is een code nodig, maar er is geen contactpunt waar die heen kan. Vul eerst de contactpersoon en het contactpunt in. Er is niets veranderd.
pending-recipient-held-title = U kunt dit niet zelf laten bevestigen
pending-recipient-held-text = U hebt het contactpunt kort geleden gewijzigd; daarom gaat er voorlopig geen code van u naartoe. Vraag een collega om deze wijziging te doen. Uw leidinggevende kan zien dat dit is geweigerd; er is niets veranderd.
pending-receipt-title = Bewijs
pending-receipt-check = Dit bewijs controleren
