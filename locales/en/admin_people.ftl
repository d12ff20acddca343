### Administration: people's coming and going, ways back, accounts elsewhere, keys.

## What was done
admin-done-person-disabled = The account is disabled. Everything that it held has ended.
admin-done-person-enabled = The account is enabled again.
admin-done-handed-over = The work was handed over.
admin-done-person-erased = The person was erased.
admin-done-person-invited = Invited. A mail with the link is on its way.
admin-done-recovery-asked = Asked. Another administrator decides; they get a mail.
admin-done-keys-made = The next keys are published. They sign once everyone has had the time to learn of them.
admin-done-keys-hastened = New keys sign from now on.
admin-done-key-withdrawn = The key is withdrawn. Nothing that it signed counts any more.
admin-action-person-erased = Person erased
admin-action-person-exported = Data copied
admin-action-person-handed-over = Work handed over
admin-action-account-alarm = “This wasn’t me” said
admin-action-address-restored = E-mail address put back
admin-action-recovery-waits = Administrator asked for a way back
admin-action-factors-reset = Second factors removed
admin-action-credentials-dropped = Credentials of before dropped

## What is refused
admin-refused-own = Nobody does this to their own account. Ask another administrator.
admin-refused-open = The account is enabled. Disable it first.
admin-refused-grants = The person has 100 grants or more. Hand them over first.
admin-refused-mails = This address got too many mails today. Try again tomorrow.
admin-refused-keys-wait = The next keys are waiting already. To use them now, tick “Sign at once”.
admin-refused-provider = There is a provider of this short name already. Change it on its own page.
admin-wrong-successor-self = Name somebody else.
admin-wrong-successor-staff = Whoever works here hands over to somebody who works here.
admin-wrong-confirm = This is not the person’s e-mail address.
admin-wrong-groups = Choose among the groups that there are, 50 at most.
admin-wrong-roles = Enter at most 50 roles, each of at most 64 characters.
admin-wrong-scope = Choose what is lost.
admin-wrong-reason = Say why, in at most 500 characters.
admin-wrong-purpose = Choose what the keys sign.
admin-wrong-alg = Choose one of the algorithms, or none.

## The account as a whole
admin-leaving = This account
admin-person-erased = Erased
admin-recovery-note = For somebody who has lost what they sign in with. Another administrator decides.
admin-hand-over-note = Grants, open invitations and places in groups go to a colleague.
admin-export-title = A copy of the data
admin-export-note = Everything that is kept about the person, as one file
admin-export = Download
admin-export-text = The file has everything that is kept about { $name }. That you took it is noted where { $name } sees it.
admin-export-confirm = Download the file
admin-disable-title = Disable the account
admin-disable-note = At once and everywhere. It can be enabled again.
admin-disable = Disable
admin-disable-text = { $name } is signed out everywhere and can’t sign in any more. Applications lose what they were given.
admin-disable-confirm = Disable the account
admin-enable-title = Enable the account
admin-enable-note = What it held before stays ended.
admin-enable = Enable
admin-enable-text = { $name } can sign in again.
admin-enable-confirm = Enable the account
admin-erase-title = Erase the person
admin-erase-note = Everything personal goes, for good.

admin-hand-over-title = Hand over the work
admin-hand-over-lead = What { $name } may see and do on relations, the invitations that wait for an answer, and the places in groups go to somebody else.
admin-hand-over-to = To whom
admin-hand-over-to-hint = The e-mail address of a colleague
admin-hand-over-close = Disable the account as well
admin-hand-over-close-hint = For somebody who leaves
admin-hand-over-submit = Hand over

admin-erase-heading = Erase { $name }
admin-erase-lead = Name, address, factors, consents and everything else that says who this is are removed and can’t be brought back. That something was done stays, without saying by whom. Download the copy of the data first if you need it.
admin-erase-address = E-mail address of the person
admin-erase-address-hint = Type { $email } to confirm
admin-erase-submit = Erase for good

admin-recovery-title = Help them back in
admin-recovery-lead = Another administrator decides. When it is approved, { $name } gets a mail with a link to choose a new password.
admin-recovery-scope = What is lost
admin-recovery-reason-hint = For the administrator who decides: how do you know that it is them?
admin-recovery-submit = Ask

## Inviting
admin-invited = Invited
admin-invited-lead = People who were invited and have not answered
admin-invited-none-title = Nobody is invited
admin-invited-none-text = Whoever you invite proves the address and chooses a password by the mailed link.
admin-invited-gets = Groups and roles
admin-invited-revoke-text = The link of { $name } is void.
admin-invite = Invite a person
admin-invite-lead = The person gets a mail with a link that works once, for a week. The account is made when it is used.
admin-invite-email-hint = Where the link goes. Using it proves the address.
admin-invite-roles-hint = Separated by commas
admin-invite-submit = Invite

## Keys
admin-key-next = Next
admin-key-signing = Signing
admin-key-retired = Retired
admin-key-withdrawn = Withdrawn
admin-key-from = Signs from
admin-key-gone = Published until
admin-key-rotate = Rotate keys
admin-key-rotate-lead = The next keys are published first and sign once everyone has had the time to learn of them. What the present ones signed counts until it expires.
admin-key-rotate-submit = Rotate
admin-key-alg-hint = Leave it empty for every algorithm in use.
admin-key-at-once = Sign at once
admin-key-at-once-hint = Only where applications fetch a key that they don’t know, or when the present one should not sign any more.
admin-key-withdraw = Withdraw
admin-key-withdraw-text = For a key that somebody else may have. Nothing that it signed counts any more, and whoever holds such a token signs in again. It can’t be undone.
admin-key-withdraw-confirm = Withdraw the key

## Accounts elsewhere
admin-elsewhere = Accounts elsewhere
admin-elsewhere-none = Connected to no other provider.
# $subject: an identifier; $date: day and time
admin-elsewhere-is = { $subject }, since { $date }
admin-elsewhere-remove-text = { $name } can’t sign in with { $provider } any more, and is signed out wherever that was how it began.
admin-elsewhere-provider = Provider
admin-elsewhere-subject = Subject there
admin-elsewhere-subject-hint = The identifier that the provider knows the person by, exactly. The person gets a mail.
admin-elsewhere-add = Connect
