### Mails and text messages. Subjects say what it is; bodies are plain text.

# End of every mail. $company: the organisation
mail-signature = { $company }

## Sign-in code. $code: the code; $app: the application; $minutes: how long it is good; $company: the organisation
mail-signin-code-subject = Your code to sign in
mail-signin-code-body =
    Your code to sign in at { $company } is:

    { $code }

    { $minutes ->
        [one] It is good for one minute and can be used once.
       *[other] It is good for { $minutes } minutes and can be used once.
    } Nobody from { $company } will ever ask you for it.

    If you are not signing in just now, somebody knows your password: change it, and tell your administrator.

## A link to choose a password. $name: the person; $link: the address; $until: day and time; $company
mail-setpw-subject = Choose your password for { $company }
mail-setpw-body =
    Hello { $name },

    { $company } has made an account for you. Choose your password here:

    { $link }

    The link works once, until { $until }. After that, ask your administrator for a new one.

## The password was changed. $name: the person; $at: day and time; $company

## A sign-in from a browser that wasn't seen before. $name; $at: day and time; $device: browser and system; $company

## The code that confirms a change of a record, to a customer. $company: the organisation; $person: who asks;
## $record: the record; $field: what changes; $value: the value it gets; $code: the code; $minutes: how long it is good
mail-seal-code-subject = { $company } asks you to confirm: { $record }
mail-seal-code-body =
    { $person } of { $company } asks you to confirm this:

    { $record }
    { $field }: { $value }

    Give { $person } this code only when it has really happened:

    { $code }

    { $minutes ->
        [one] The code is good for one minute.
       *[other] The code is good for { $minutes } minutes.
    } If it isn’t right, don’t give the code: nothing changes without it.
# One text message if it can be (160 characters in English). Same placeables.
sms-seal-code = { $company }: { $person } asks you to confirm { $record }, { $field }: { $value }. Give this code only if it has happened: { $code } ({ $minutes } min)
# $company, $code, $minutes
sms-signin-code = { $company }: { $code } is your code to sign in ({ $minutes } min). Give it to nobody.

## An invitation of a contact. $name: the person; $link: the address; $until: day and time; $company
mail-invitation-subject = { $company } invites you
mail-invitation-body =
    Hello { $name },

    { $company } shares information with you and invites you to see it. Accept here:

    { $link }

    The link works once, until { $until }. It is meant for you alone: do not pass it on. If you did not expect this, you can leave it unanswered; nothing happens then.
