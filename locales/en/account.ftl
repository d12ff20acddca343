### The start page with its tiles, and what people see of their own account at the provider.

start-title = Start
# $name: first name or display name; by the time of day
start-morning = Good morning, { $name }
start-afternoon = Good afternoon, { $name }
start-evening = Good evening, { $name }
start-search = Search applications
# $name: as whom the application opens
start-tile-as = Opens as { $name }
start-tile-account = Your password, sign-in and language
start-tile-link = Opens a page elsewhere
start-tile-new-window = opens in a new window
# $host: where; $name: as whom
start-tile-app = Opens { $host } as { $name }
# $host: where
start-tile-at = Opens { $host }; it does not know this sign-in
# $text: what opens, in one line; $host: where
start-tile-described = { $text } ({ $host })
start-none = Nothing here is called that.
# $name: the application or link
start-favourite-add = Put { $name } first
start-favourite-remove = No longer put { $name } first
start-empty-title = No applications yet
start-empty-text = What you may open appears here. Ask your administrator if you miss something.

account-title = My account
account-name = Name
account-email = E-mail address
account-phone = Phone
account-language = Language
account-groups = Groups
account-since = With us since
account-sessions-title = Where you are signed in
account-session-this = this browser
# $at: day and time
account-session-since = Since { $at }
# $at: day and time
account-session-last = Last used { $at }
account-session-end = Sign out there
account-session-end-all = Sign out everywhere else
account-activity-title = What happened lately
account-activity-none = Nothing yet.
account-not-you = Something here isn’t you? Change your password and tell your administrator.

account-to-start = Applications
account-tab-overview = Overview
account-tab-security = Security
account-tab-sessions = Sessions
account-tab-applications = Access
account-tab-activity = Activity
account-saved = Saved.
account-profile-title = About you
account-edit = Edit
account-reach-title = How we reach you
account-email-unproven = not confirmed
account-email-change = Change e-mail address
account-zone = Time zone
account-zone-default = As the organisation’s
account-language-hint = Of mails and messages, and of pages from now on.
account-zone-hint = In which times are shown to you.
account-data-title = Your data
account-data-text = Everything that is kept about you here, as one file. You may be asked to sign in again first.
account-data-get = Download

account-device-unknown = Unknown browser
# $ip: a network address
account-session-from = from { $ip }
account-session-now = In use now
account-session-end-here = Sign out
account-session-ended = That browser is signed out.
account-session-ended-others = All other browsers are signed out.
account-session-end-everywhere = Sign out everywhere
account-session-end-everywhere-text = Signs out this browser too, and ends what applications may do while you are away.
account-strength-one-factor = One factor
account-strength-password-mail = Password and code by e-mail
account-strength-password-sms = Password and code by SMS
account-strength-password-app = Password and authenticator app
account-strength-passkey = Passkey

account-applications-title = Applications with access
account-applications-text = These applications know who you are. Take it back, and they must ask again.
account-applications-none-title = No application has access
account-applications-none-text = When you open an application with this account, it appears here.
account-application-withdraw = Take back
account-application-withdrawn = Taken back. The application must ask you again.
account-scope-openid = Knows who you are
account-scope-profile = name and language
account-scope-email = e-mail address
account-scope-phone = phone number
account-scope-address = postal address
account-scope-offline-access = Also while you are signed out
account-scope-grants = who has access to what, in your name
account-scope-account = your account: sessions, applications, how you sign in
account-scope-admin = administration, in your name
account-scope-records-read = see records
account-scope-records-write = see and change records

account-activity-none-text = Sign-ins and changes to your account appear here.
# $name: an application
activity-through = through { $name }
activity-by-operator = by who runs the server
activity-by-other = by somebody else
activity-outcome-wrong = wrong
activity-outcome-used = used before
activity-outcome-expired = too late
activity-outcome-exhausted = too many tries
activity-signin-password = Password entered
activity-signin-code = Second factor shown
activity-session-ended = Signed out
activity-password-chosen = Password chosen
activity-password-set = Password set
activity-password-changed = Password changed
activity-authenticator-set = Authenticator app set
activity-person-created = Account made
activity-person-invited = Invited to choose a password
activity-person-changed = Account changed
activity-person-disabled = Account closed
activity-person-enabled = Account opened
activity-person-exported = Data downloaded
activity-ciba-allowed = Approval given
activity-ciba-refused = Approval refused
activity-person-handed-over = Work handed over
activity-profile-changed = Name, language or time zone changed
activity-member-added = Added to a group
activity-member-removed = Removed from a group
activity-role-given = Given a role
activity-role-taken = Role taken away
activity-grant-given = Access to a relation given
activity-grant-changed = Access to a relation changed
activity-grant-taken = Access to a relation taken away
activity-invitation-made = Somebody invited
activity-invitation-accepted = Invitation accepted
activity-invitation-revoked = Invitation taken back
activity-issue-revoked = Access of an application ended
activity-consent-withdrawn = Access of an application taken back
activity-address-asked = New e-mail address asked for
activity-address-proven = E-mail address confirmed
activity-address-changed = E-mail address changed
activity-address-restored = E-mail address put back
activity-device-new = Signed in with a new browser
activity-recovery-asked = Way back into the account asked for
activity-recovery-proven = Way back into the account: second proof shown
activity-recovery-approved = Way back into the account approved
activity-recovery-refused = Way back into the account refused
activity-factors-reset = Second factors removed
activity-account-alarm = “This wasn’t me” used
