### Pagina's van gegevens, naast crm.ftl.

value-money = { $symbol } { $amount }
# Sizes of files. $number: as the language writes it
value-bytes = { $number } bytes
value-kilobytes = { $number } kB
value-megabytes = { $number } MB

overview-todo-all = Alle activiteiten
overview-today = Vandaag
overview-today-none = Voor vandaag is niets gepland.
overview-nothing-title = Hier is nog niets voor u
overview-nothing-text = U bent ingelogd, maar hebt geen rol waarmee u gegevens ziet. Vraag het uw beheerder.

pager-first = Eerste pagina
crm-untitled = Zonder zichtbare naam
crm-page-none = Op deze pagina staat niets meer. Begin bij de eerste.
crm-find-label = Zoek in deze lijst
crm-search-hint = Typ hierboven een deel van een naam of nummer.
crm-filter-how = Hoe vergelijken
crm-filter-value = Waarmee
crm-op-is = is
crm-op-is-not = is niet
crm-op-contains = bevat
crm-op-starts = begint met
crm-op-empty = is leeg
crm-op-not-empty = is ingevuld
crm-op-less = is minder dan
crm-op-at-most = is hoogstens
crm-op-more = is meer dan
crm-op-at-least = is minstens
crm-op-any = is een van
crm-op-all = heeft al deze
crm-op-none = is geen van
crm-chip-is = { $field }: { $value }
crm-chip-is-not = { $field } is niet { $value }
crm-chip-contains = { $field } bevat { $value }
crm-chip-starts = { $field } begint met { $value }
crm-chip-empty = { $field } is leeg
crm-chip-not-empty = { $field } is ingevuld
crm-chip-less = { $field } minder dan { $value }
crm-chip-at-most = { $field } tot en met { $value }
crm-chip-more = { $field } meer dan { $value }
crm-chip-at-least = { $field } vanaf { $value }
crm-chip-any = { $field }: { $value }
crm-chip-all = { $field } heeft al deze: { $value }
crm-chip-none = { $field } is geen van { $value }

crm-tabs-label = Onderdelen
crm-set-to = Zet op { $value }
crm-unchanged = Het was al zo. Er is niets gewijzigd.
crm-related-none = Nog geen.
crm-related-all = Toon alles
crm-sealed = Bevestigd met een code
crm-somebody = Iemand
crm-field = Veld
crm-theirs = Zoals het nu is opgeslagen
crm-yours = Zoals het in uw formulier staat
crm-sent-before = Dit formulier is al eens opgeslagen, met andere waarden. Controleer het en sla opnieuw op.
crm-needs-code-title = Voor deze wijziging is een code nodig
crm-needs-code-text = Een regel vraagt om de code van de klant voordat dit wordt opgeslagen, en er kan nu geen code worden verstuurd. Er is niets gewijzigd.

crm-refused-change-enters-view = Met deze wijziging zou u meer van dit item mogen zien of doen dan nu. Er is niets opgeslagen.
crm-refused-change-leaves-view = Na deze wijziging zou u dit niet meer kunnen zien. Er is niets opgeslagen.
crm-refused-change-not-allowed = U mag dit lezen, niet wijzigen.
crm-refused-create-not-allowed = U mag niets aanmaken met deze waarden.
crm-refused-delete-not-allowed = U mag dit niet verwijderen.
crm-refused-mark-not-allowed = U mag niet wijzigen wie dit ziet.
crm-refused-attach-not-allowed = U mag hier geen bestanden toevoegen of verwijderen.

form-choose-one = Kies …
form-bad-character = Verwijder de tekens die niet te zien zijn.
form-number-too-large = Vul een kleiner getal in.
form-too-many-decimals = { $max ->
    [0] Vul een geheel getal in.
    [one] Gebruik hoogstens één decimaal.
   *[other] Gebruik hoogstens { $max } decimalen.
}
form-phone-hint = Met landnummer, zoals +31 6 12345678
form-lookup-hint = Typ de naam, of een deel ervan.
form-lookup-several = Meer dan één past bij deze naam. Kies er een.
form-lookup-cycle = Zo zou het een onderdeel van zichzelf worden. Kies een andere.

# Files. $max: a size such as 25 MB; $name: of the file
form-file-hint = Hoogstens { $max }.
form-file-now = Nu: { $name }. Kies een bestand om het te vervangen.
form-file-coming = { $name } is aangekomen en wordt met dit formulier opgeslagen.
form-file-remove = Bestand verwijderen
form-file-too-large = Kies een bestand van hoogstens { $max }.
form-file-type = Dit soort bestanden kan hier niet. Kies een ander.
crm-file-then = { $name } van toen opslaan
form-file-gone = Kies het bestand opnieuw; het staat hier niet meer klaar.
