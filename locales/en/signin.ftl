### Signing in, at the provider: one question a page. Also signing out and choosing a password.

## E-mail address and password
signin-title = Sign in
# $app: the application that is opened after signing in
signin-to-open = to open { $app }
signin-email = E-mail address
signin-password = Password
signin-forgotten = Forgotten your password?
signin-continue = Continue
signin-submit = Sign in
# One text for a wrong address and a wrong password; it must not tell which.
signin-wrong = This e-mail address and password don’t belong together. Check both and try again.
signin-email-missing = Enter your e-mail address.
signin-password-missing = Enter your password.
# $time: time of day when the next try is possible
signin-locked = There were too many tries. For safety you can try again at { $time }.
signin-expired-title = This page has expired
signin-expired-text = Signing in took longer than it may. Nothing has happened; please start again.
signin-restart = Start again
# $name: e-mail address of the person who is already signed in
signin-continue-as = Continue as { $name }

## The code page
code-title = Enter your code
# $email: the address that is signing in
code-from-authenticator = From your authenticator app, for { $email }
# $email: the address that is signing in, where the code went
code-from-mail = We sent a code to { $email }.
# $to: masked number; $email: the address that is signing in
code-from-sms = We sent a text message with a code to { $to }, for { $email }.
# $email: the address that is signing in
code-from-recovery = One of the recovery codes that you wrote down, for { $email }
code-not-you = Not you?
# $count: number of digits
code-label-digits = { $count ->
    [one] 1-digit code
   *[other] { $count }-digit code
}
# $count: number of characters, when the code has letters
code-label-characters = { $count ->
    [one] 1-character code
   *[other] { $count }-character code
}
code-missing = Enter the code.
# $count: tries left
code-wrong = { $count ->
    [one] That code is not right. You have 1 try left.
   *[other] That code is not right. You have { $count } tries left.
}
# $count: tries left; for codes of an authenticator app
code-wrong-authenticator = { $count ->
    [one] That code is not right. Codes change every 30 seconds: enter the one shown now. You have 1 try left.
   *[other] That code is not right. Codes change every 30 seconds: enter the one shown now. You have { $count } tries left.
}
code-used = This code has already been used. Wait for the next one that your app shows.
code-expired = This code has expired. Ask for a new one.
code-expired-short = expired
code-exhausted = There were too many wrong codes. Please start again.
# $count: tries left
code-tries-left = { $count ->
    [one] 1 try left
   *[other] { $count } tries left
}
# $time: what is left, like 0:24
code-resend-in = Send again in { $time }
code-resend = Send again
# $to: masked address
code-resent = A new code is on its way to { $to }. The earlier one no longer works.
# $time: time of day
code-resend-later = A new code can be sent from { $time } on.
code-resend-limit = No more codes can be sent now. Please try again later.
code-mail-spam = Nothing there? Look among your unwanted mail too.
code-other-ways = Other ways
# $to: masked address
code-way-mail = Send a code by e-mail to { $to }
code-way-authenticator = Use your authenticator app
# $to: masked number
code-way-sms = Send a code by text message to { $to }
code-way-passkey = Use a passkey
code-way-recovery = Use a recovery code
code-waiting = waiting for a code

## Signing out
signout-title = Sign out?
# $name: the signed-in person
signout-text = You are signed in as { $name }. Signing out ends it in every application that you opened from here, in this browser.
signout-submit = Sign out
signout-stay = Stay signed in
signedout-title = You are signed out
signedout-text = On a shared computer, also close the browser.
signedout-again = Sign in again

## Choosing a password, by a link that was mailed
setpw-title = Choose a password
# $email: the address that signs in with it
setpw-for = for { $email }
setpw-new = New password
setpw-repeat = The same password again
# $count: least number of characters
setpw-demand-length = At least { $count } characters. A few words that only you would put together are strong and easy to keep.
# $count: least number of characters
setpw-too-short = Use at least { $count } characters.
# $count: greatest number of characters
setpw-too-long = Use { $count } characters at most.
setpw-too-common = This password is on lists that attackers try first. Choose another.
setpw-too-personal = This password contains your name or e-mail address. Choose another.
setpw-same-as-old = This is your present password. Choose a new one.
setpw-not-same = The two passwords are not the same. Type both again.
setpw-submit = Save password
setpw-done-title = Your password is saved
setpw-done-text = You can sign in with it now. Everywhere else you have been signed out.
setpw-link-void-title = This link no longer works
setpw-link-void-text = A link works once and for a limited time, and this one has been used or has expired. Ask your administrator for a new one.

## Setting up an authenticator app
totp-code = Code that the app shows

## An invitation, by a link that was mailed. $company: the organisation; $email: the invited address
invitation-title = { $company } invites you
invitation-choose = Choose a password to make an account for { $email }. From then on you sign in with it and with a code that we mail to you.
invitation-sign-in = There is an account for { $email } already. Sign in to it, and you come back here to accept.
invitation-confirm = You are signed in as { $email }. Accept, and what is shared with you is there at once.
invitation-accept = Accept
invitation-other-title = You are signed in as someone else
# $name: who is signed in
invitation-other-text = This invitation is for { $email }, and this browser is signed in as { $name }. Sign out to go on.
invitation-done-title = Welcome
invitation-done-text = The invitation is accepted. You sign in at { $company } with { $email }.
invitation-open = Open
invitation-void-text = An invitation works once and for a limited time, and this one was used, taken back or has expired. If you have accepted it, simply sign in; otherwise ask whoever invited you for a new one.

## A sign-in that an application wants to be stronger than the person can make it. $app: the application
stronger-title = A stronger sign‑in is needed
stronger-text = { $app } asks for a second step that you have not set up yet.
stronger-text-own = This asks for a second step that you have not set up yet.
stronger-how = Once it is set up, what you asked for opens by itself.
stronger-how-link = Set it up, then open the link in the mail again.
stronger-how-device = Set it up, then type the code of the device again.
stronger-set-up = Set up a second step
stronger-back = Back to { $app }
stronger-back-own = Back to the start page
# $days: for how long
code-remember = { $days ->
    [one] Do not ask for a code on this device tomorrow
   *[other] Do not ask for a code on this device for { $days } days
}
# $to: masked address or number
code-undelivered = The message to { $to } could not be delivered. Take another way, or have it sent again.

## Devices on which no code is asked
remembered-title = Remembered devices
remembered-text = On these devices your password is enough for some time. Forget one that you no longer use or do not know.
remembered-none = There are none. When you sign in you can choose to have a device remembered, if your organisation allows that.
# $time: day and time; $ip: network address
remembered-used = Last used on { $time }, from { $ip }
# $time: day and time
remembered-until = Remembered until { $time }
remembered-forget = Forget this device
