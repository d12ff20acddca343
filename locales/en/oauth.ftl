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
