# Inloggen met een andere aanbieder, en accounts elders.

federation-or = Of
federation-continue = Doorgaan met { $name }
federation-back = Terug naar inloggen
federation-nobody-title = Met dat account is hier niemand verbonden
federation-nobody-text = { $name } heeft ons verteld wie u daar bent, maar geen account hier is daarmee verbonden. Hebt u hier een account, log dan in zoals u gewend bent en verbind het onder Verbonden accounts. Hebt u er geen, vraag het bedrijf dan om een uitnodiging.
federation-declined-title = { $name } heeft u niet ingelogd
federation-declined-text = U bent gestopt, of { $name } heeft geweigerd. Hier is niets veranderd. U kunt het opnieuw proberen of op een andere manier inloggen.
federation-anew-title = { $name } heeft u niet opnieuw laten inloggen
federation-anew-text = Hiervoor moet u nu bij { $name } inloggen, maar { $name } heeft u doorgelaten omdat u al eerder was ingelogd, of heeft niet gezegd wanneer u hebt ingelogd. Hier is niets veranderd. Log uit bij { $name } en probeer het opnieuw, of log op een andere manier in. Blijft het gebeuren, geef het bedrijf dan het nummer hieronder door.
federation-broken-title = Inloggen met { $name } lukt nu niet
federation-broken-text = { $name } is niet bereikbaar, of stuurde een antwoord dat wij niet kunnen aannemen. Probeer het over een paar minuten opnieuw of log op een andere manier in. Blijft het gebeuren, geef het bedrijf dan het nummer hieronder door.

connections-title = Verbonden accounts
connections-lead = U kunt hier inloggen met een account dat u elders hebt.
connections-none = Het bedrijf heeft geen andere aanbieder ingesteld.
connections-since = Verbonden op { $date }
connections-used = Laatst gebruikt op { $date }
connections-connect = { $name } verbinden
connections-remove = { $name } loskoppelen
connections-done = Het account is verbonden. U kunt er voortaan mee inloggen.
connections-removed = Het account is losgekoppeld. Waar u ermee had ingelogd, bent u uitgelogd.
connections-taken = Dit account is hier al met iemand anders verbonden, of u bent daar met een ander account verbonden. Er is niets veranderd.
connections-last = U logt hier alleen met dit account in. Kies eerst een wachtwoord; daarna kunt u het loskoppelen.

# Beheer ervan.

admin-nav-federation = Andere aanbieders
admin-federation-lead = Mensen kunnen hier inloggen met een account bij een van deze OpenID-aanbieders.
admin-federation-new = Aanbieder toevoegen
admin-federation-none-title = Geen andere aanbieder
admin-federation-none-text = Voeg de identiteitsaanbieder van uw eigen bedrijf toe, die van een partner, of Microsoft of Google.
admin-federation-disabled = Buiten gebruik
admin-federation-form-lead = Registreer deze server eerst daar. Het adres dat u daar opgeeft, staat na het opslaan op de pagina van de aanbieder.
admin-federation-id = Korte naam
admin-federation-id-hint = Komt in adressen te staan: kleine letters, cijfers en streepjes. U kunt hem later niet wijzigen.
admin-federation-issuer = Issuer
admin-federation-issuer-hint = Precies zoals in de metadata van de aanbieder. U kunt hem later niet wijzigen.
admin-federation-redirect = Adres om daar op te geven
admin-federation-client-id = Client-id daar
admin-federation-client-secret = Geheim daar
admin-federation-client-secret-hint = Wordt versleuteld bewaard en nooit getoond. Laat het leeg om het huidige te houden.
admin-federation-auth = Hoe deze server aantoont wie hij is
admin-federation-auth-basic = Met het geheim in een header
admin-federation-auth-post = Met het geheim in het formulier
admin-federation-auth-none = Zonder geheim
admin-federation-scope = Scope
admin-federation-acr = Gevraagde sterkte (acr_values)
admin-federation-button = Op de inlogpagina aan iedereen aanbieden
admin-federation-domains = Domeinen
admin-federation-domains-hint = Wie een adres in een van deze domeinen heeft, logt daar in. Noem alleen domeinen waarvan deze aanbieder als enige adressen uitgeeft.
admin-federation-link = Mensen die hier al zijn verbinden via hun bevestigde adres
admin-federation-create = Mensen die hier nog niet zijn toevoegen
admin-federation-staff = Wie wordt toegevoegd, werkt hier
admin-federation-update = Naam en taal volgen de aanbieder
admin-federation-groups = Groepen
admin-federation-groups-hint = Eén per regel: groep van de aanbieder = onze groep
admin-federation-trust = Wanneer zijn woord voor twee factoren telt
admin-federation-trust-hint = Eén per regel, bijvoorbeeld: amr mfa = urn:zegel:acr:password-app. Zonder regel vragen wij hier een tweede factor.
admin-federation-people = Verbonden mensen
admin-federation-disable = Buiten gebruik stellen
admin-federation-disable-text = Wie met { $name } is ingelogd, wordt meteen overal uitgelogd. Verbonden accounts blijven bewaard voor als u de aanbieder weer in gebruik neemt.
admin-federation-enable = In gebruik nemen
admin-federation-enable-text = Mensen kunnen weer inloggen met { $name }.
admin-federation-delete = Verwijderen
admin-federation-delete-text = { $name } en alle verbindingen ermee worden verwijderd. Wie ermee is ingelogd, wordt overal uitgelogd.
admin-done-federation-removed = De aanbieder is verwijderd.

federation-wrong-id = Gebruik kleine letters, cijfers en streepjes, hoogstens 40.
federation-wrong-name = Geef de naam die mensen zien, hoogstens 60 tekens.
federation-wrong-issuer = Geef het https-adres van de issuer. Het hoort bij deze aanbieder alleen, en blijft zoals het is.
federation-wrong-client-id = Geef de client-id die de aanbieder aan deze server gaf.
federation-wrong-client-secret = Geef het geheim dat de aanbieder aan deze server gaf.
federation-wrong-scope = In de scope moet openid staan.
federation-wrong-domains = Geef domeinen zoals example.com die niet al naar een andere aanbieder leiden. Om mensen vanzelf te verbinden of toe te voegen is er minstens één nodig.
federation-wrong-groups = Schrijf elke regel als: groep van de aanbieder = onze groep
federation-wrong-trust = Schrijf elke regel als: acr WAARDE amr WAARDE,WAARDE = een niveau van twee factoren
federation-wrong-subject = Geef het subject, hoogstens 255 tekens.
federation-wrong-linked = Dit subject is van iemand anders, of deze persoon is daar iemand anders.

admin-federation-name-hint = Zoals mensen die op de inlogpagina zien
admin-federation-acr-hint = Wat deze server aan de aanbieder vraagt, als dat nodig is
admin-federation-part-there = Deze server daar
admin-federation-part-whom = Wie daar inlogt
admin-federation-part-word = Waarvoor zijn woord telt
admin-federation-part-claims = Claims die worden gelezen
admin-federation-claim-email = Claim van het adres
admin-federation-claim-email-verified = Claim die zegt dat het adres is bevestigd
admin-federation-claim-name = Claim van de naam
admin-federation-claim-language = Claim van de taal
admin-federation-claim-groups = Claim van de groepen
admin-federation-try = Verbinding proberen
admin-federation-try-title = Verbinding
admin-federation-try-lead = Vraagt de aanbieder nu om zijn metadata en sleutels. Of id en geheim kloppen, blijkt pas als iemand inlogt.
admin-federation-try-works = Werkt
admin-federation-try-fails = Niet bruikbaar
admin-federation-try-answer = Antwoord
admin-federation-try-keys = { $count ->
    [one] Eén bruikbare sleutel
   *[other] { $count } bruikbare sleutels
}
admin-federation-try-authorization = Waar mensen heen gaan
admin-federation-try-token = Waar codes worden ingewisseld
admin-federation-try-userinfo = Waar meer over mensen staat
admin-federation-try-keys-at = Waar de sleutels staan

connections-connect-short = Verbinden
connections-remove-short = Loskoppelen
