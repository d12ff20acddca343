### Requests that applications send beforehand, and devices that wait for someone.

error-pushed-title = This sign-in has waited too long
error-pushed-text = The application’s request has expired or was used before. Go back to the application and sign in from there again.

device-title = Sign in a device
device-lead = Type the code that the device in front of you shows.
device-code-label = Code
device-code-hint = Eight letters, such as BCDF-GHJK. Use no code that someone sent you.
device-code-wrong = No device waits for this code. Compare it with the device; after five minutes it shows a new one.
device-code-too-many = Too many codes were tried. Wait a quarter of an hour.
device-continue = Continue
# $app: the application's name
device-confirm-title = Sign in { $app }?
# $email: who is signed in
device-confirm-lead = You are signed in as { $email }. The device will act in your name.
device-confirm-warning = Go on only if you have this device in front of you and it shows this very code. If someone asked you to type it, refuse.
device-confirm-code = Code
device-confirm-since = It asked at
device-confirm-from = From the address
device-confirm-elsewhere = This is another network than yours.
device-confirm-agent = It calls itself
device-confirm-asks = What it asks for
device-allow = Allow this device
device-refuse = Refuse
device-allowed-title = { $app } is signed in
device-allowed-text = Go on at the device. You can take this back at any time, under My account.
device-refused-title = { $app } was refused
device-refused-text = The device was told. Nothing of yours was passed on.
device-gone-title = This device waits no longer
device-gone-text = Its code has expired, or someone answered before. Let the device show a new one.
device-not-allowed-title = You can’t use { $app }
device-not-allowed-text = This application isn’t open to you, so the device was refused. Ask your administrator.

## What an application asks someone who is not in front of it. $app: its name
mail-approval-subject = { $app } asks for your approval
# $name: the person; $company; $link: an address; $until: a time of day
mail-approval-body =
    Hello { $name },

    { $app } at { $company } asks for your approval. See what it is, and answer, until { $until }:

    { $link }

    If you are not expecting this, refuse it there, or leave it unanswered: without your approval nothing happens.
approvals-title = Your approval
approvals-text = These applications wait for your answer.
approvals-none-title = Nothing waits for you
approvals-none-text = When an application asks for your approval, it appears here for a few minutes.
# $at: a time of day
approvals-since = Asked at { $at }
approvals-account = My account
approve-title = { $app } asks for your approval
# $email: who is signed in
approve-lead = You are signed in as { $email }. If you approve, the application acts in your name.
approve-warning = Approve only what you have just asked for yourself, or what you are talking about with someone you know. If a message is shown here and in the application, the two must be the same.
approve-message = Message
approve-since = Asked at
approve-until = Waits until
approve-asks = What it asks for
approve-allow = Approve
approve-refuse = Refuse
approval-allowed-title = Approved
approval-allowed-text = { $app } was told. You can take this back at any time, under My account.
approval-refused-title = Refused
approval-refused-text = { $app } was told. Nothing of yours was passed on.
approval-gone-title = Nothing waits here
approval-gone-text = It was too late, someone answered before, or it was for somebody else.
approval-not-allowed-title = You can’t use { $app }
approval-not-allowed-text = This application isn’t open to you, so it was refused. Ask your administrator.
