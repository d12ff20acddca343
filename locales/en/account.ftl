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
account-roles = Roles
account-since = With us since
account-signin-title = How you sign in
account-password = Password
# $date: a day
account-password-since = Set on { $date }
account-password-none = Not set
account-authenticator = Authenticator app
# $date: a day
account-authenticator-since = Set up on { $date }
account-authenticator-none = Not set up
account-mail-code = Code by e-mail
# $to: masked address
account-mail-code-to = Sent to { $to }
account-sessions-title = Where you are signed in
account-session-this = this browser
# $at: day and time
account-session-since = Since { $at }
# $at: day and time
account-session-last = Last used { $at }
account-session-end = Sign out there
account-session-end-all = Sign out everywhere else
account-activity-title = What happened lately
account-activity-signed-in = Signed in
account-activity-signed-out = Signed out
account-activity-refused = A sign-in was refused
account-activity-password-changed = Password changed
account-activity-none = Nothing yet.
account-not-you = Something here isn’t you? Change your password and tell your administrator.
