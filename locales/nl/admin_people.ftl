### Beheer: komen en gaan van mensen, wegen terug, accounts elders, sleutels.

## Wat er is gedaan
admin-done-person-disabled = Het account is uitgeschakeld. Alles wat het had, is beëindigd.
admin-done-person-enabled = Het account is weer ingeschakeld.
admin-done-handed-over = Het werk is overgedragen.
admin-done-person-erased = De persoon is gewist.
admin-done-person-invited = Uitgenodigd. De e-mail met de link is onderweg.
admin-done-recovery-asked = Gevraagd. Een andere beheerder beslist; zij krijgen een e-mail.
admin-done-keys-made = De volgende sleutels zijn gepubliceerd. Ze ondertekenen zodra iedereen de tijd had om ze te leren kennen.
admin-done-keys-hastened = Vanaf nu ondertekenen nieuwe sleutels.
admin-done-key-withdrawn = De sleutel is ingetrokken. Niets wat ermee is ondertekend, telt nog.
admin-action-person-erased = Persoon gewist
admin-action-person-exported = Gegevens gekopieerd
admin-action-person-handed-over = Werk overgedragen
admin-action-account-alarm = ‘Dit was ik niet’ gemeld
admin-action-address-restored = E-mailadres teruggezet
admin-action-recovery-waits = Beheerder gevraagd om een weg terug
admin-action-factors-reset = Tweede factoren verwijderd
admin-action-credentials-dropped = Eerdere inloggegevens vervallen

## Wat wordt geweigerd
admin-refused-own = Niemand doet dit met het eigen account. Vraag een andere beheerder.
admin-refused-open = Het account is ingeschakeld. Schakel het eerst uit.
admin-refused-grants = De persoon heeft 100 of meer toegangen. Draag die eerst over.
admin-refused-mails = Dit adres kreeg vandaag te veel e-mails. Probeer het morgen opnieuw.
admin-refused-keys-wait = De volgende sleutels staan al klaar. Vink ‘Meteen ondertekenen’ aan om ze nu te gebruiken.
admin-refused-provider = Er is al een aanbieder met deze korte naam. Wijzig die op de eigen pagina.
admin-wrong-successor-self = Noem iemand anders.
admin-wrong-successor-staff = Wie hier werkt, draagt over aan iemand die hier werkt.
admin-wrong-confirm = Dit is niet het e-mailadres van de persoon.
admin-wrong-groups = Kies uit de groepen die er zijn, hoogstens 50.
admin-wrong-roles = Vul hoogstens 50 rollen in, elk van hoogstens 64 tekens.
admin-wrong-scope = Kies wat er kwijt is.
admin-wrong-reason = Zeg waarom, in hoogstens 500 tekens.
admin-wrong-purpose = Kies wat de sleutels ondertekenen.
admin-wrong-alg = Kies een van de algoritmen, of geen.

## Het account als geheel
admin-leaving = Dit account
admin-person-erased = Gewist
admin-recovery-note = Voor wie kwijt is waarmee hij inlogt. Een andere beheerder beslist.
admin-hand-over-note = Toegangen, open uitnodigingen en plaatsen in groepen gaan naar een collega.
admin-export-title = Een kopie van de gegevens
admin-export-note = Alles wat over de persoon wordt bewaard, als één bestand
admin-export = Downloaden
admin-export-text = Het bestand bevat alles wat over { $name } wordt bewaard. Dat u het meenam, wordt genoteerd waar { $name } het ziet.
admin-export-confirm = Bestand downloaden
admin-disable-title = Account uitschakelen
admin-disable-note = Meteen en overal. U kunt het later weer inschakelen.
admin-disable = Uitschakelen
admin-disable-text = { $name } wordt overal uitgelogd en kan niet meer inloggen. Toepassingen verliezen wat ze kregen.
admin-disable-confirm = Account uitschakelen
admin-enable-title = Account inschakelen
admin-enable-note = Wat het eerder had, blijft beëindigd.
admin-enable = Inschakelen
admin-enable-text = { $name } kan weer inloggen.
admin-enable-confirm = Account inschakelen
admin-erase-title = Persoon wissen
admin-erase-note = Al het persoonlijke verdwijnt voorgoed.

admin-hand-over-title = Werk overdragen
admin-hand-over-lead = Wat { $name } bij relaties mag zien en doen, de uitnodigingen die op antwoord wachten en de plaatsen in groepen gaan naar iemand anders.
admin-hand-over-to = Aan wie
admin-hand-over-to-hint = Het e-mailadres van een collega
admin-hand-over-close = Ook het account uitschakelen
admin-hand-over-close-hint = Voor wie vertrekt
admin-hand-over-submit = Overdragen

admin-erase-heading = { $name } wissen
admin-erase-lead = Naam, adres, factoren, toestemmingen en al het andere dat zegt wie dit is, worden verwijderd en komen niet terug. Dat er iets is gedaan, blijft staan, zonder te zeggen door wie. Download eerst de kopie van de gegevens als u die nodig hebt.
admin-erase-address = E-mailadres van de persoon
admin-erase-address-hint = Typ { $email } om te bevestigen
admin-erase-submit = Voorgoed wissen

admin-recovery-title = Weer toegang geven
admin-recovery-lead = Een andere beheerder beslist. Na goedkeuring krijgt { $name } een e-mail met een link om een nieuw wachtwoord te kiezen.
admin-recovery-scope = Wat is er kwijt
admin-recovery-reason-hint = Voor de beheerder die beslist: hoe weet u dat het deze persoon is?
admin-recovery-submit = Vragen

## Uitnodigen
admin-invited = Uitgenodigd
admin-invited-lead = Mensen die zijn uitgenodigd en nog niet hebben geantwoord
admin-invited-none-title = Niemand is uitgenodigd
admin-invited-none-text = Wie u uitnodigt, bevestigt het adres en kiest een wachtwoord met de link in de e-mail.
admin-invited-gets = Groepen en rollen
admin-invited-revoke-text = De link van { $name } vervalt.
admin-invite = Iemand uitnodigen
admin-invite-lead = De persoon krijgt een e-mail met een link die één keer werkt, een week lang. Het account ontstaat als die wordt gebruikt.
admin-invite-email-hint = Waar de link heen gaat. Wie hem gebruikt, bevestigt het adres.
admin-invite-roles-hint = Gescheiden door komma’s
admin-invite-submit = Uitnodigen

## Sleutels
admin-key-next = Volgende
admin-key-signing = Ondertekent
admin-key-retired = Afgelost
admin-key-withdrawn = Ingetrokken
admin-key-from = Ondertekent vanaf
admin-key-gone = Gepubliceerd tot
admin-key-rotate = Sleutels vervangen
admin-key-rotate-lead = De volgende sleutels worden eerst gepubliceerd en ondertekenen zodra iedereen de tijd had om ze te leren kennen. Wat de huidige ondertekenden, telt tot het verloopt.
admin-key-rotate-submit = Vervangen
admin-key-alg-hint = Laat leeg voor elk algoritme dat in gebruik is.
admin-key-at-once = Meteen ondertekenen
admin-key-at-once-hint = Alleen als toepassingen een onbekende sleutel ophalen, of als de huidige niet meer mag ondertekenen.
admin-key-withdraw = Intrekken
admin-key-withdraw-text = Voor een sleutel die iemand anders kan hebben. Niets wat ermee is ondertekend, telt nog; wie zo’n token heeft, logt opnieuw in. U kunt dit niet terugdraaien.
admin-key-withdraw-confirm = Sleutel intrekken

## Accounts elders
admin-elsewhere = Accounts elders
admin-elsewhere-none = Met geen andere aanbieder verbonden.
# $subject: een kenmerk; $date: dag en tijd
admin-elsewhere-is = { $subject }, sinds { $date }
admin-elsewhere-remove-text = { $name } kan niet meer inloggen met { $provider }, en wordt uitgelogd waar het daarmee begon.
admin-elsewhere-provider = Aanbieder
admin-elsewhere-subject = Subject daar
admin-elsewhere-subject-hint = Precies het kenmerk waaronder de aanbieder de persoon kent. De persoon krijgt een e-mail.
admin-elsewhere-add = Verbinden
