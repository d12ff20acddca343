### Pages of who has access, why, and of the portal.

## The portal's home
portal-title = Home
portal-nothing-title = There is nothing here for you yet
portal-nothing-text = You are signed in, but nothing is shared with you. Ask your contact at the company.
portal-section-none = Nothing at the moment.
portal-stronger-title = More with a stronger sign-in
portal-stronger-text = Some things in this portal are shown only after a stronger sign-in, such as with a passkey.
portal-stronger-action = Sign in more strongly
portal-applications = Your applications
portal-applications-none = There are no other applications for you.
portal-applications-away = Your applications can’t be shown just now. Try again in a moment.
# $name: the person's address or name
portal-tile-signed-in = opens signed in
portal-tile-site = website

## Who has access to a relation
access-tab = Access
access-title = Who has access
access-lead = People and groups who are linked to this relation. What each level shows is set by roles and portals.
access-none = Nobody is linked to this relation yet.
access-holder = Who
access-level = Level
access-begins = From
access-until = Until
access-level-participant = Participant
access-level-reader = Reader
access-level-contributor = Contributor
access-level-manager = Manager
access-level-participant-text = Participant: only what names this person
access-level-reader-text = Reader: reads
access-level-contributor-text = Contributor: reads and adds
access-level-manager-text = Manager: also decides who has access
access-kind-staff = Colleague
access-kind-external = External
access-kind-group = Group
access-for-good = no end
# $from, $until: days
access-from = from { $from }
access-from-until = { $from } to { $until }
# $name: who; $at: day
access-given-by = given by { $name } on { $at }
access-given-command = given by the administrator on { $at }
access-change = Change
access-take = Take away
access-take-title = Take access away?
# $name: whose
access-take-text = { $name } sees nothing of this relation from the next click on, also in linked applications.
access-take-confirm = Take away
access-give-title = Give access
access-give-who = To whom
access-give-reason = Reason
access-give-from-hint = The first day that it counts. Leave it empty for at once.
access-give-until-hint = The last day that it counts. Leave it empty for no end.
access-give-submit = Give access
access-give-nobody = Everyone who works here already has access.
access-invite-title = Invite a contact
access-invite-who = Contact
access-invite-portal = Portal
access-invite-hint = The contact gets a mail with a link. Whoever accepts it is this contact from then on, and sees what the portal shows.
access-invite-submit = Send the invitation
access-invite-nobody = Every contact of this relation with an e-mail address has access or an invitation already. Add another contact to invite somebody else.
access-invited = Invited
# $email: address; $until: day and time
access-invited-text = { $email }, until { $until }
access-revoke = Withdraw
access-may-not = You can see who has access. Changing it takes the level Manager here.
access-said-given = Access is given.
access-said-changed = Saved.
access-said-taken = Access is taken away, everywhere.
access-said-pending-title = Access is taken away here, and still on its way elsewhere
# $who: what has not acknowledged
access-said-pending-text = Not yet acknowledged by: { $who }. Until then it is refused there within two seconds, or at the next try.
access-said-invited = The invitation is on its way.
access-said-revoked = The invitation is withdrawn.
access-away-title = The sign-in server doesn’t answer
access-away-text = Who has access is kept there. Nothing has changed; try again in a moment.
access-refused-forbidden = You may not change who has access here. That takes the level Manager on this relation.
access-refused-gone = It was changed in the meantime. Look at it as it is now.
access-refused-invalid = The sign-in server doesn’t take this. Check the day and the reason.
access-refused-day = Choose a day that is still to come.
access-refused-first-day = This is no day.
access-refused-who = Choose somebody.
access-refused-level = Choose a level.

## Links of a relation
links-tab = Links
links-title = Links of this relation
links-lead = They stand on the start page of everyone who has access to this relation.
links-none = No links yet. Add the bookkeeping, the web shop or the track-and-trace page of this relation.
links-name = Name
links-address = Address
links-line = What opens
links-line-hint = One line, such as “Bookkeeping of Smit”.
links-add = Add a link
links-submit = Add
links-remove = Remove
links-said-added = The link is added.
links-said-removed = The link is removed.
links-refused-address = Enter a whole address that begins with https:// or http://.
links-refused-name = Enter a name of at most 100 characters.

## Who sees a record, and why
why-link = Who sees this
why-title = Who sees this, and why
why-seers = Who sees it
why-seers-more = Others may see it too; ask about them by name.
why-nobody = Nobody sees it.
why-ask = Ask about somebody
why-person = Person
why-submit = Show why
why-yes = sees it
why-no = doesn’t see it
# $name: who
why-sees = Why { $name } sees this
why-sees-not = Why { $name } doesn’t see this
why-denied-deleted = It was deleted.
why-denied-internal = It is internal, and only colleagues who are linked to the relation see it.
why-denied-restricted = The relation is restricted to those who are linked to it.
why-no-rule = No rule of this person is about these records.
# $name: the role or portal; $number: place of the rule in it
why-role = Role { $name }, rule { $number }
why-portal = Portal { $name }, rule { $number }
why-holds = holds
why-holds-not = doesn’t hold
why-all = Every record
why-and = All of these
why-or = At least one of these
why-not = Not this
why-names-me = It names this person
# $level: name of the level
why-granted = Has at least the level { $level } on the relation
why-assurance-password-mail = Signed in with a password and a code by e-mail, or more strongly
why-assurance-password-sms = Signed in with a password and a code by text message, or more strongly
why-assurance-password-app = Signed in with a password and an authenticator app, or more strongly
why-assurance-passkey = Signed in with a passkey
why-itself = It is this person’s own record
# $field: a field of the record
why-lookup = { $field } is this person’s own record
# $mine: a field of the person's own record
why-match = { $field } fits { $mine } of this person’s own record
# $value: as it is now
why-now = now: { $value }
why-mine = own record: { $value }
# $level, $until: of a grant
why-grant = { $level }, { $until }
why-grant-group = { $level } by a group, { $until }
why-grant-over = { $level }, not in force now
