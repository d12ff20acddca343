### Nederlands: u, kort en gewoon. Uitleg bij de invulplekken staat in de Engelse bestanden.

skip-to-main = Naar de inhoud
language-label = Taal
theme-label = Weergave
theme-auto = Zoals het apparaat
theme-light = Licht
theme-dark = Donker

app-record-store = Klantdossiers

## Formulieren
form-save = Opslaan
form-saving = Bezig met opslaan …
form-cancel = Annuleren
form-back = Terug
form-continue = Verder
form-optional = (niet verplicht)
form-error-prefix = Fout:
form-problems-title = { $count ->
    [one] Eén ding klopt nog niet
   *[other] { $count } dingen kloppen nog niet
}
form-required = Vul dit in.
form-email-invalid = Vul een e-mailadres in, zoals naam@example.com.
form-phone-invalid = Vul een telefoonnummer in met landcode, zoals +31 6 12345678.
form-url-invalid = Vul een webadres in dat begint met https:// of http://.
form-number-invalid = Vul een getal in.
form-date-invalid = Vul een datum in die bestaat.
form-time-invalid = Vul een datum en een tijd in die bestaan.
form-choice-invalid = Kies een waarde uit de lijst.
form-lookup-invalid = Kies iets uit de lijst. Misschien is het verwijderd, of mag u het niet meer zien.
form-person-invalid = Kies iemand uit de lijst. Misschien werkt deze persoon hier niet meer, of kunt u deze niet kiezen.
form-too-long = { $max ->
    [one] Gebruik hoogstens één teken.
   *[other] Gebruik hoogstens { $max } tekens.
}
form-value-invalid = Deze waarde past hier niet.
form-unknown-field = Er is geen veld { $name }.

## Waarden
value-yes = Ja
value-no = Nee
value-none = Niet ingevuld
value-masked = Afgeschermd
value-unknown = Onbekend
value-me = ik
change-from = van
change-to = naar

## Tijd
time-left = nog { $time }
time-until = tot { $time }
time-left-label = Resterende tijd

## Bladeren
pager-label = Pagina’s
pager-previous = Vorige
pager-next = Volgende
pager-range = { $from }–{ $to } van { $total }
pager-range-more = { $from }–{ $to } van meer dan 1.000
pager-shown = { $count ->
    [one] 1 getoond
   *[other] { $count } getoond
}

## Mensen
user-menu-label = Ingelogd als { $name }
sign-out = Uitloggen
hello-morning = Goedemorgen, { $name }
hello-afternoon = Goedemiddag, { $name }
hello-evening = Goedenavond, { $name }
hello-night = Hallo, { $name }
