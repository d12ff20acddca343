# Signing in with another provider, and accounts elsewhere.

federation-or = Or
federation-continue = Continue with { $name }
federation-back = Back to signing in
federation-nobody-title = Nobody here is connected to that account
federation-nobody-text = { $name } told us who you are there, and no account here is connected to it. If you have an account here, sign in as you usually do and connect it under Connected accounts. If you have none, ask the company to invite you.
federation-declined-title = { $name } did not sign you in
federation-declined-text = You stopped, or { $name } refused. Nothing has changed here. You can try again or sign in another way.
federation-anew-title = { $name } did not ask you to sign in again
federation-anew-text = This needs you to sign in at { $name } now, and { $name } let you in by an earlier sign-in or did not say when you signed in. Nothing has changed here. Sign out at { $name } and try again, or sign in another way. If it keeps happening, tell the company, with the number below.
federation-broken-title = Signing in with { $name } doesn't work now
federation-broken-text = { $name } can't be reached, or sent an answer that can't be accepted. Try again in a few minutes or sign in another way. If it keeps happening, tell the company, with the number below.

connections-title = Connected accounts
connections-lead = You can sign in here with an account that you have elsewhere.
connections-none = The company has not set up any other provider.
connections-since = Connected on { $date }
connections-used = Last used on { $date }
connections-connect = Connect { $name }
connections-remove = Disconnect { $name }
connections-done = The account is connected. From now on you can sign in with it.
connections-removed = The account is disconnected. Wherever you signed in with it, you are signed out.
connections-taken = This account is connected to someone else here, or you are connected to another one there. Nothing was changed.
connections-last = You sign in here with this account only. Choose a password first; then you can disconnect it.

# Administering them.

admin-nav-federation = Other providers
admin-federation-lead = People can sign in here with an account that they have at one of these OpenID providers.
admin-federation-new = Add a provider
admin-federation-none-title = No other provider
admin-federation-none-text = Add your company's own identity provider, a partner's, or Microsoft or Google.
admin-federation-disabled = Out of use
admin-federation-form-lead = Register this server there first. The address to register is on the provider's page once it is saved.
admin-federation-id = Short name
admin-federation-id-hint = Stands in addresses: small letters, digits and dashes. It can't be changed later.
admin-federation-issuer = Issuer
admin-federation-issuer-hint = Exactly as the provider's metadata writes it. It can't be changed later.
admin-federation-redirect = Address to register there
admin-federation-client-id = Client id there
admin-federation-client-secret = Secret there
admin-federation-client-secret-hint = Kept sealed and never shown. Leave it empty to keep the present one.
admin-federation-auth = How this server proves who it is
admin-federation-auth-basic = By the secret in a header
admin-federation-auth-post = By the secret in the form
admin-federation-auth-none = Without a secret
admin-federation-scope = Scope
admin-federation-acr = Strength to ask for (acr_values)
admin-federation-button = Offer it to everyone on the sign-in page
admin-federation-domains = Domains
admin-federation-domains-hint = Whoever has an address in one of these signs in there. Name only domains that this provider alone gives out addresses of.
admin-federation-link = Connect people who are here already by their verified address
admin-federation-create = Add people who are not here yet
admin-federation-staff = People who are added work here
admin-federation-update = Name and language follow the provider
admin-federation-groups = Groups
admin-federation-groups-hint = One a line: the provider's group = our group
admin-federation-trust = When its word counts for two factors
admin-federation-trust-hint = One a line, such as: amr mfa = urn:zegel:acr:password-app. Without a line, a second factor is asked here.
admin-federation-people = People connected
admin-federation-disable = Take out of use
admin-federation-disable-text = Whoever signed in with { $name } is signed out everywhere, at once. Connected accounts stay for when you take it into use again.
admin-federation-enable = Take into use
admin-federation-enable-text = People can sign in with { $name } again.
admin-federation-delete = Remove
admin-federation-delete-text = { $name } and everyone's connection to it are removed. Whoever signed in with it is signed out everywhere.
admin-done-federation-removed = The provider was removed.

federation-wrong-id = Use small letters, digits and dashes, at most 40.
federation-wrong-name = Give the name that people will see, at most 60 characters.
federation-wrong-issuer = Give the issuer's https address. It must be this provider's own, and stays as it is.
federation-wrong-client-id = Give the client id that the provider gave this server.
federation-wrong-client-secret = Give the secret that the provider gave this server.
federation-wrong-scope = The scope must have openid in it.
federation-wrong-domains = Give domains such as example.com, of which none leads to another provider. Connecting or adding people by itself needs at least one.
federation-wrong-groups = Write each line as: the provider's group = our group
federation-wrong-trust = Write each line as: acr VALUE amr VALUE,VALUE = a level of two factors
federation-wrong-subject = Give the subject, at most 255 characters.
federation-wrong-linked = This subject is someone else's, or this person is another one there.

admin-federation-name-hint = As people see it on the sign-in page
admin-federation-acr-hint = What this server asks the provider for, if anything
admin-federation-part-there = This server, there
admin-federation-part-whom = Who signs in there
admin-federation-part-word = What its word counts for
admin-federation-part-claims = Claims that are read
admin-federation-claim-email = Claim of the address
admin-federation-claim-email-verified = Claim that says that the address is verified
admin-federation-claim-name = Claim of the name
admin-federation-claim-language = Claim of the language
admin-federation-claim-groups = Claim of the groups
admin-federation-try = Try the connection
admin-federation-try-title = Connection
admin-federation-try-lead = Asks the provider for its metadata and keys, now. Whether id and secret are right shows only when somebody signs in.
admin-federation-try-works = Works
admin-federation-try-fails = Can’t be used
admin-federation-try-answer = Answer
admin-federation-try-keys = { $count ->
    [one] One key that can be used
   *[other] { $count } keys that can be used
}
admin-federation-try-authorization = Where people go
admin-federation-try-token = Where codes are redeemed
admin-federation-try-userinfo = Where more is told of people
admin-federation-try-keys-at = Where its keys are

connections-connect-short = Connect
connections-remove-short = Disconnect
