### An account from its beginning to its end: invitation, registration, ways back, changes of address, notices. Pages and mails.

## What people are told of changes to their account. Subjects of mails, and lines on pages. $name: what its owner calls it
notice-password-changed = Your password was changed
notice-password-reset = Your password was set anew
notice-email-changed = Your e-mail address was changed
notice-phone-changed = Your phone number was changed
notice-authenticator-added = An authenticator app was set up
notice-authenticator-removed = Your authenticator app was removed
notice-passkey-added = A passkey was added: { $name }
notice-passkey-removed = A passkey was removed: { $name }
notice-recovery-codes-made = New recovery codes were made
notice-recovery-code-used = A recovery code was used
notice-new-device = Sign-in with a new browser
notice-factors-reset = Your second factors were removed
notice-account-linked = An account at another provider was connected: { $name }
# $name: the person
notice-hello = Hello { $name },
# $what: one of the lines above; $company; $at: day and time
notice-at =
    { $what } ({ $company }).

    When: { $at }
# $device: browser and system; $ip: a network address
notice-where = With: { $device }, from { $ip }
# $link: an address; $until: day and time
notice-not-me =
    If this was you, there is nothing to do.

    If this wasn’t you, stop it here, until { $until }:

    { $link }

    That signs out every browser, locks the password and tells the administrators.

## The page behind that link
not-me-title = This wasn’t you?
not-me-what = If you stop it now:
not-me-what-sessions = every browser and application is signed out;
not-me-what-password = the password no longer works, until a new one is chosen;
not-me-what-factors = what was added to the account since then is removed, and a changed e-mail address is put back;
not-me-what-told = the administrators are told.
not-me-submit = Stop it
not-me-otherwise = If it was you after all, close this page. Nothing has happened yet.
not-me-done-title = It is stopped
not-me-done-text = Every browser is signed out and the password no longer works. The administrators have been told.
not-me-done-next = Choose a new password
not-me-void-text = This link is too old to stop anything. If somebody else is in your account, choose a new password now and tell your administrator.

## To administrators. $name: the administrator; $person, $email: whose account; $what, $at, $where: what the person was told
mail-alarm-subject = { $person } says: “this wasn’t me”
mail-alarm-body =
    Hello { $name },

    { $person } ({ $email }) was told of something and says that it was somebody else:

    { $what }
    { $at }
    { $where }

    The account is signed out everywhere and its password is locked. Please find out how it could happen before you help to open it again.

## Changing the e-mail address
account-email-text = Both addresses get a link. The new one signs in once both are confirmed; until then nothing changes.
account-email-new = New e-mail address
account-email-submit = Send both links
account-email-same = This is your present address.
# $time: day and time
account-email-too-many = There were too many changes. You can ask again from { $time } on.
# $address: the new address
account-email-waiting = Waiting: { $address }
# $until: day and time
account-email-waiting-text = Open the links in both mails until { $until }.
account-email-proven = confirmed
account-email-missing = not yet confirmed
account-email-cancel = Give up this change
# $present, $address: the present and the new address
address-old-title = Change your e-mail address?
address-old-text = You sign in with { $present }. You asked to sign in with { $address } from now on.
address-new-title = Is this your address?
address-new-text = The account of { $present } is to sign in with { $address } from now on.
address-submit = Yes, confirm
address-waiting-title = Confirmed
# $address: the other address
address-waiting-text = Now open the link that was sent to { $address }. Until then nothing changes.
address-changed-title = Your e-mail address is changed
# $address: the new address
address-changed-text = You sign in with { $address } from now on.
address-taken-title = This address can’t be used
address-taken-text = There is an account with { $address } already. Nothing was changed.
address-void-text = The link was used, has expired, or another change was asked for since. Nothing was changed by opening it.
# $name: the person; $company; $address: the other address, masked; $link; $until
mail-address-old-subject = Confirm that your e-mail address changes
mail-address-old-body =
    Hello { $name },

    Somebody who is signed in as you at { $company } asked for another e-mail address: { $address }. If that was you, confirm it here until { $until }:

    { $link }

    If it wasn’t you, do not open the link: somebody else is in your account. Change your password and tell your administrator.
mail-address-new-subject = Confirm your e-mail address for { $company }
mail-address-new-body =
    Hello { $name },

    The account of { $address } at { $company } is to sign in with this address from now on. If that is yours, confirm it here until { $until }:

    { $link }

    If you know nothing of it, leave this mail unanswered; nothing happens then.
mail-address-taken-subject = About your e-mail address at { $company }
mail-address-taken-body =
    Hello { $name },

    The account of { $address } at { $company } asked to sign in with this address from now on. You have an account with it already, so nothing changes.

    If that was you, use the account that you have here. If not, there is nothing to do.

## Changing the password
account-password-change = Change password
account-password-done = Your password is changed.
account-password-done-text = Everywhere else you have been signed out.

recover-title = Get back into your account

## Getting back into an account
recover-text = Enter the e-mail address that you sign in with. We send a link to it; after opening it you show in one more way that it is you, since a mailbox alone is not proof enough.
recover-submit = Send link
recover-back = Back to signing in
recover-sent-title = Look in your mail
# $email: what was typed
recover-sent-text = If there is an account with { $email }, a mail is on its way there. Its link works for an hour.
recover-prove-title = Show that it is you
# $email: the account's address
recover-prove-text = The link alone is not enough for the account of { $email }. Choose one of these.
recover-authenticator = From your authenticator app.
recover-code = Recovery code
recover-code-hint = One of the codes that you once kept.
recover-sms = Code by SMS
# $to: a phone number, masked
recover-sms-hint = To { $to }.
recover-sms-send = Send the code
recover-sms-sent = The code is on its way.
recover-exhausted = There were too many wrong codes. Ask for another link, or an administrator.
recover-ask-title = Ask an administrator
recover-ask-text = An administrator who knows you looks at it and approves. Then you get another mail.
recover-lost = What is lost
recover-scope-password = The password
recover-scope-factors = The password and the second factor (app, key or phone)
recover-reason = To the administrator
recover-reason-hint = Such as how you can be called back.
recover-ask-submit = Ask
recover-waiting-title = An administrator has been asked
# $email: the account's address; $until: day and time
recover-waiting-text = You get a mail at { $email } once it is decided, until { $until } at the latest.
recover-refused-title = Refused
recover-refused-text = An administrator refused to open the account this way. Please talk to your administrator.
recover-factors-go = With the new password, your second factors are removed. You set up new ones right after that.
recover-void-text = The link was used, has expired, or another was asked for since. Ask for a new one.
# $company; $name: the person; $link; $until: day and time
mail-recover-subject = Get back into your account at { $company }
mail-recover-body =
    Hello { $name },

    Somebody asked for a way back into your account at { $company }. If that was you, go on here, until { $until }:

    { $link }

    If it wasn’t you, there is nothing to do: this link alone opens nothing.
mail-recover-approved-subject = Your account at { $company }: approved
mail-recover-approved-body =
    Hello { $name },

    An administrator of { $company } has approved it. Choose a new password here, until { $until }:

    { $link }
mail-recover-refused-subject = Your account at { $company }: refused
mail-recover-refused-body =
    Hello { $name },

    An administrator of { $company } has refused to open your account this way. Please talk to your administrator.
# To administrators. $name: the administrator; $person, $email: whose account; $scope: what is lost; $reason; $link; $until; $company
mail-recover-asked-subject = Somebody asks to get back into an account at { $company }
mail-recover-asked-body =
    Hello { $name },

    { $person } ({ $email }) asks to get back into the account at { $company }.

    Lost: { $scope }
    Their words: { $reason }

    Make sure that it is really that person: call back on a number that you know. Then decide here, until { $until }:

    { $link }
# $company, $code, $minutes
sms-recover-code = { $company }: { $code } is your code to get back into your account ({ $minutes } min). Give it to nobody.

## Becoming a person here
register-title = Make an account
# $company
register-text = For { $company }. Your address is confirmed by a mail.
# $email: what was typed
register-sent-text = A mail to { $email } says what is next.
register-domain = Only addresses of certain organisations can be used here. Use your work address, or ask to be invited.
welcome-title = Welcome
# $name: the person; $email: the address
welcome-text = Hello { $name }. Choose a password; you sign in with it as { $email }.
welcome-known-title = You have an account already
welcome-known-text = There is an account with this address. Sign in with it; if the password is lost, there is a way back.
# $name: the person; $company; $link; $until: day and time
mail-welcome-subject = { $company } invites you
mail-welcome-body =
    Hello { $name },

    { $company } invites you to make an account. Begin here:

    { $link }

    The link works once, until { $until }. It is meant for you alone: do not pass it on.
mail-register-subject = Confirm your e-mail address for { $company }
mail-register-body =
    Hello { $name },

    You asked for an account at { $company }. Confirm your address and choose a password here, until { $until }:

    { $link }

    If you know nothing of it, leave this mail unanswered; nothing happens then.
# $recover: an address
mail-registered-subject = You have an account at { $company } already
mail-registered-body =
    Hello { $name },

    Somebody asked for an account at { $company } with this address, which has one already. Sign in here:

    { $link }

    If the password is lost, there is a way back: { $recover }

    If it wasn’t you, there is nothing to do.
