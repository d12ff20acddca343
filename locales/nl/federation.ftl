# Inloggen met een andere aanbieder, en accounts elders.

federation-or = Of
federation-continue = Doorgaan met { $name }
federation-back = Terug naar inloggen
federation-nobody-title = Met dat account is hier niemand verbonden
federation-nobody-text = { $name } heeft ons verteld wie u daar bent, maar geen account hier is daarmee verbonden. Hebt u hier een account, log dan in zoals u gewend bent en verbind het onder Verbonden accounts. Hebt u er geen, vraag het bedrijf dan om een uitnodiging.
federation-declined-title = { $name } heeft u niet ingelogd
federation-declined-text = U bent gestopt, of { $name } heeft geweigerd. Hier is niets veranderd. U kunt het opnieuw proberen of op een andere manier inloggen.
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
