### Setting up how one signs in, step by step: after choosing a password, and where more is asked than somebody has.

setup-title = How you sign in
setup-steps = Steps
# $step: where one is; $of: how many there are
setup-step = Step { $step } of { $of }
setup-step-done = Done:
setup-step-password = Password
setup-step-factor = Second step
setup-step-codes = Recovery codes

setup-factor-title = Choose a second step
# $company: the organisation
setup-asked = { $company } asks for a second step beside your password. Choose how you want to take it.
# $app: an application
setup-asked-app = { $app } asks for a second step that you have not set up yet. Choose how you want to take it; { $app } opens when it is done.
setup-offered = With a second step nobody gets in who only knows your password.
setup-offered-fresh = Your password is saved and you are signed in. With a second step nobody gets in who only knows that password.
setup-passkey = Passkey
setup-passkey-text = Your fingerprint, face or PIN. Quickest, and it can’t be phished.
setup-authenticator = Authenticator app
setup-authenticator-text = An app on your phone that shows a new code every 30 seconds.
setup-sms = Text message
setup-sms-text = A code to your phone, each time.
setup-none-title = None of these can be set up here
setup-none-text = What is asked for is not available at this address. Please tell your administrator.
setup-later = Not now
setup-another-way = Choose another way

setup-codes-title = Keep a way back
setup-codes-text = If you lose your phone or key, a recovery code lets you in. You get ten; each works once. Print them or keep them in a safe place.
setup-codes-show = Show my recovery codes
