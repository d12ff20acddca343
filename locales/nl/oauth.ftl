### Requests that applications send beforehand, and devices that wait for someone.

error-pushed-title = Deze inlogpoging heeft te lang gewacht
error-pushed-text = Het verzoek van de toepassing is verlopen of al eerder gebruikt. Ga terug naar de toepassing en log daar opnieuw in.

device-title = Een apparaat aanmelden
device-lead = Typ de code die u op het apparaat voor u ziet.
device-code-label = Code
device-code-hint = Acht letters, zoals BCDF-GHJK. Gebruik geen code die iemand u heeft gestuurd.
device-code-wrong = Er wacht geen apparaat op deze code. Vergelijk ze met het apparaat; na vijf minuten toont het een nieuwe.
device-code-too-many = Er zijn te veel codes geprobeerd. Wacht een kwartier.
device-continue = Verder
# $app: the application's name
device-confirm-title = { $app } aanmelden?
# $email: who is signed in
device-confirm-lead = U bent aangemeld als { $email }. Het apparaat handelt straks namens u.
device-confirm-warning = Ga alleen verder als u dit apparaat voor u hebt en het precies deze code toont. Weiger als iemand u vroeg de code te typen.
device-confirm-code = Code
device-confirm-since = Gevraagd om
device-confirm-from = Vanaf het adres
device-confirm-elsewhere = Dat is een ander netwerk dan het uwe.
device-confirm-agent = Noemt zich
device-confirm-asks = Wat het vraagt
device-allow = Dit apparaat toestaan
device-refuse = Weigeren
device-allowed-title = { $app } is aangemeld
device-allowed-text = Ga verder op het apparaat. U kunt dit altijd intrekken, bij Mijn account.
device-refused-title = { $app } is geweigerd
device-refused-text = Het apparaat weet het. Er is niets van u doorgegeven.
device-gone-title = Dit apparaat wacht niet meer
device-gone-text = De code is verlopen, of er is al geantwoord. Laat het apparaat een nieuwe tonen.
device-not-allowed-title = U kunt { $app } niet gebruiken
device-not-allowed-text = Deze toepassing staat niet voor u open; het apparaat is geweigerd. Vraag het uw beheerder.
