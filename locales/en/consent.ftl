### Allowing applications, and being led back to them. $app: the application's name; $company: the organisation.

consent-title = Allow { $app }?
# $email: the address of who is signed in
consent-lead = { $app } asks for the following. You are signed in as { $email }.
consent-unchecked = This application has registered itself. Nobody at { $company } has looked at it: allow it only if you know whose it is.
# $host: the name of the machine that the answer is sent to
consent-host = Your answer goes to { $host }.
consent-later = You can take it back at any time, under My account.
consent-allow = Allow
consent-refuse = Refuse
consent-policy = How { $app } handles your data
consent-terms = Terms of { $app }
consent-gone-title = This question has expired
consent-gone-text = It was answered before, or was open for too long. Nothing was allowed by this; open the application again.

## What is asked for
consent-nothing = To know that it is you
consent-scope-profile = Your name, language, time zone, and what else your profile says
consent-scope-email = Your e-mail address
consent-scope-address = Your postal address
consent-scope-phone = Your phone number
consent-scope-offline_access = Keep this access while you are not signed in, until you take it back
consent-scope-records-read = Read, in your name, the records that you may see
consent-scope-records-write = Change, in your name, the records that you may change
consent-scope-grants = See and change, in your name, who has access to relations
consent-scope-account = See and change your own account: how you sign in and where you are signed in
consent-scope-admin = Administer people, groups and applications in your name
# $name: the permission as the application's maker calls it
consent-scope-other = The permission “{ $name }”
# $name: the other application or server
consent-resource = Act in your name at { $name }
consent-claim-name = Your name
consent-claim-family_name = Your last name
consent-claim-given_name = Your first name
consent-claim-middle_name = Your middle name
consent-claim-nickname = Your nickname
consent-claim-preferred_username = The short name that you prefer
consent-claim-profile = The address of your profile page
consent-claim-picture = Your picture
consent-claim-website = Your website
consent-claim-gender = Your gender
consent-claim-birthdate = Your date of birth
consent-claim-zoneinfo = Your time zone
consent-claim-locale = Your language
consent-claim-updated_at = When your profile changed last
consent-claim-email = Your e-mail address
consent-claim-email_verified = Whether your e-mail address is proven
consent-claim-address = Your postal address
consent-claim-phone_number = Your phone number
consent-claim-phone_number_verified = Whether your phone number is proven

## On the way back to the application
formpost-title = Back to the application
formpost-text = You are being taken back to it. If nothing happens, press the button.
signedout-on = Back to the application
signedout-frame = Signs you out of an application
formpost-submit = Continue

error-request-object-title = This sign-in can’t be trusted
error-request-object-text = What the application asked for is signed wrongly, or can’t be read. For your safety it ends here. Tell the owner of the application.
