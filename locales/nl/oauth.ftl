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
device-confirm-lead = U bent ingelogd als { $email }. Het apparaat handelt straks namens u.
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

## What an application asks someone who is not in front of it. $app: its name
mail-approval-subject = { $app } vraagt uw goedkeuring
# $name: the person; $company; $link: an address; $until: a time of day
mail-approval-body =
    Beste { $name },

    { $app } bij { $company } vraagt uw goedkeuring. Bekijk wat het is en antwoord, tot { $until }:

    { $link }

    Verwacht u dit niet? Weiger het daar, of laat het onbeantwoord: zonder uw goedkeuring gebeurt er niets.
approvals-title = Uw goedkeuring
approvals-text = Deze toepassingen wachten op uw antwoord.
approvals-none-title = Er wacht niets op u
approvals-none-text = Als een toepassing uw goedkeuring vraagt, staat dat hier enkele minuten.
# $at: a time of day
approvals-since = Gevraagd om { $at }
approvals-account = Mijn account
approve-title = { $app } vraagt uw goedkeuring
# $email: who is signed in
approve-lead = U bent ingelogd als { $email }. Als u goedkeurt, handelt de toepassing namens u.
approve-warning = Keur alleen goed wat u zojuist zelf hebt gevraagd, of waar u met een bekende over spreekt. Staat hier en in de toepassing een bericht, dan moeten die gelijk zijn.
approve-message = Bericht
approve-since = Gevraagd om
approve-until = Wacht tot
approve-asks = Wat het vraagt
approve-allow = Goedkeuren
approve-refuse = Weigeren
approval-allowed-title = Goedgekeurd
approval-allowed-text = { $app } weet het. U kunt dit altijd intrekken, bij Mijn account.
approval-refused-title = Geweigerd
approval-refused-text = { $app } weet het. Er is niets van u doorgegeven.
approval-gone-title = Hier wacht niets
approval-gone-text = Het was te laat, er is al geantwoord, of het was voor iemand anders.
approval-not-allowed-title = U kunt { $app } niet gebruiken
approval-not-allowed-text = Deze toepassing staat niet voor u open en is geweigerd. Vraag het uw beheerder.
