### How one signs in: passkeys, authenticator app, recovery codes, telephone; and signing in with a passkey.

security-title = Security
security-back = Back to Security
security-change = Change
# $name: what is changed
security-change-named = Change { $name }
# $added, $used: days
security-added = Added on { $added }
security-added-used = Added on { $added }, last used on { $used }
security-used = Last used on { $used }
security-set-up = Set up
security-never = Never
security-gone-title = This has expired
security-gone-text = It took longer than it may, was finished already, or there were too many wrong codes. Nothing has changed; please start again.
security-fact-added = Added
security-fact-used = Last used
security-fact-signs-in = Signs in
security-fact-kept = Kept

security-no-recovery-title = You have no recovery codes
security-no-recovery-text = If you lose your phone or key, they are how you still get in. Make them now and keep them somewhere else.

security-passkeys = Passkeys
security-passkeys-text = Sign in with your fingerprint, face or PIN instead of a code. A passkey stays on your device and can’t be phished.
security-passkeys-none-here = Passkeys need an address with a name; this installation is opened by a number.
security-passkey-add = Add a passkey
security-passkey-new-text = Your browser asks you to choose a device and to confirm with your fingerprint, face or PIN.
security-passkey-script = Adding a passkey needs JavaScript. Everything else on these pages works without it.
security-passkey-name = Name
security-passkey-name-hint = To tell it from others, such as “Work laptop”.
security-passkey-make = Continue
# $count: greatest number of characters
security-name-wrong = Enter a name of 1 to { $count } characters.
security-passkey-full = You have as many passkeys as you can have. Remove one that you no longer use.
security-passkey-alone = on its own, without a password
security-passkey-after = after your password
security-passkey-unsaid = after your password, and perhaps on its own
security-passkey-synced = with your account at its maker, on several devices
security-passkey-bound = on one device only
security-passkey-remove = Remove this passkey
security-passkey-remove-text = It no longer signs in here. On your device it stays until you delete it there too. If it was lost or stolen, also sign out everywhere else.
security-passkey-suspect = Switched off: there may be a copy
security-passkey-suspect-text = An answer of this passkey was older than one that came before. That happens when somebody has copied it, so it no longer signs in. Remove it, and add a new one.

security-app = Authenticator app
security-app-text = An app on your phone shows a code that changes every 30 seconds.
security-app-on = An authenticator app is set up
security-app-set-up = Set up an app
security-app-scan = Open the app, choose to add an account, and scan this picture.
security-app-type = Can’t scan? Type this key into the app:
security-app-here = Open the app on this device
security-app-confirm = Then enter the code that the app shows.
security-app-again = Show the picture again
security-app-submit = Confirm
security-app-replace = Move to another app
security-app-replace-text = Moving to another app or phone ends the codes of the one that you use now, as soon as you have confirmed.
security-app-remove = Remove the app
security-app-remove-text = Its codes no longer sign in. From then on you get codes another way.

security-recovery = Recovery codes
security-recovery-text = Ten codes to keep on paper. Each signs you in once, with your password, when your phone or key is not at hand.
security-recovery-make = Make recovery codes
# $count: codes left; $made: day
security-recovery-left = { $count ->
    [0] None left, made on { $made }
    [one] 1 code left, made on { $made }
   *[other] { $count } codes left, made on { $made }
}
# $count: codes left
security-recovery-have = { $count ->
    [one] You have 1 code left
   *[other] You have { $count } codes left
}
security-recovery-replace-text = New codes replace them: what you have on paper no longer works.
security-recovery-once = These codes are shown only now
security-recovery-keep = Print them or write them down, and keep them apart from your phone and password. Each works once.
security-recovery-download = Save as a file
security-recovery-kept = I have kept them
security-recovery-filename = recovery-codes
# $company: the organisation; $email: the address that they are for
security-recovery-file = Recovery codes for { $email } at { $company }. Each works once, with your password.

security-phone = Phone for codes
security-phone-text = We can send codes to your phone by SMS. An app or a passkey is safer: messages can be redirected.
security-phone-add = Add a phone
security-phone-number = Phone number
security-phone-hint = With its country code, such as +31 6 12345678.
security-phone-wrong = This is not a phone number that can get messages. Write it with its country code.
security-phone-send = Send a code
# $to: masked number
security-phone-sent = We sent a code to { $to }. Enter it to show that the phone is yours.
security-phone-confirm = Confirm
security-phone-other = Use another number
security-phone-replace-text = Another number takes its place once you have confirmed it.
security-phone-remove = Remove the phone
security-phone-remove-text = No more codes go to it.
# $time: day and time
security-phone-later = No more messages can be sent now. The next can be sent from { $time } on.

security-others = Also
security-password = Change your password
security-email = Change your e-mail address
security-sessions = See where you are signed in

security-done-passkey-added = Your passkey is added. You can sign in with it from now on.
security-done-passkey-renamed = The name is saved.
security-done-passkey-removed = The passkey is removed.
security-done-app-added = Your authenticator app is set up.
security-done-app-removed = The authenticator app is removed.
security-done-recovery-made = You have new recovery codes.
security-done-phone-added = Your phone is confirmed.
security-done-phone-removed = No more codes go to your phone.

## What a browser or server says of a passkey
passkey-cancelled = That was cancelled, or took too long. Try again, or choose another way.
passkey-known = This device has a passkey for this account already.
passkey-failed = That did not work. Try again, or choose another way.
passkey-unsupported = This browser can’t use passkeys. Choose another way.
passkey-unverified = Your device did not check that it is you. Set up a PIN, fingerprint or face on it first.
passkey-unattested = Your organisation takes only certain security keys, and this is not one of them.

## Signing in with one
passkey-title = Use your passkey
# $email: who is signing in
passkey-for = for { $email }
passkey-use = Use passkey
passkey-or = or
passkey-sign-in = Sign in with a passkey
passkey-script = Passkeys need JavaScript. Choose another way below.
passkey-not-known = This passkey is not known here. Sign in with your password.
passkey-copied = This passkey was switched off, because there may be a copy of it. Sign in another way and see Security.
recovery-label = Recovery code

# $company: the organisation; $code: the code; $minutes: how long it is good
sms-phone-code = { $company }: { $code } confirms your phone ({ $minutes } min). If you didn’t ask for it, ignore this message.
