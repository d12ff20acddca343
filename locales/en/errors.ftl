### Errors in words for people: what happened, what it means, what to do. Each has a title and a text.

error-title = Something went wrong
error-to-start = To the start
error-back = Go back
error-try-again = Try again
error-request-id = If you ask for help, mention this number:

error-not-found-title = This page isn’t here
error-not-found-text = It doesn’t exist, or you may not see it. Check the address, or look for it from the start.
error-forbidden-title = You may not do this
error-forbidden-text = Your rights don’t cover it. If you need it for your work, ask your administrator.
error-overloaded-title = It is very busy just now
error-overloaded-text = Your request was not carried out, and nothing has changed. Please try again in a minute.
error-unavailable-title = A part of the system doesn’t answer
error-unavailable-text = Your request was not carried out, and nothing has changed. Please try again in a minute.
error-expired-title = This page has expired
error-expired-text = It was open for too long, and nothing has changed. Please start again.
error-csrf-title = This request didn’t come from our own page
error-csrf-text = For your safety it was not carried out. Open the page again and repeat what you wanted to do.
error-masked-title = This field is masked
error-masked-text = You may read the record, but this field of it is masked for you: it can’t be used to filter, sort or search.
error-bad-request-title = This request can’t be understood
error-bad-request-text = Something in it is missing or damaged, and nothing has changed. Go back and try once more.
error-too-large-title = This is too large
error-too-large-text = More was sent than can be taken at once, and nothing has been saved. Make it smaller and try again.
error-too-many-title = That was a bit too often
error-too-many-text = To protect everyone, there is a limit to how often this can be done. Please wait a moment and try again.
error-method-title = This page can’t be used like that
error-method-text = Nothing has changed. Go back and use the buttons on the page.
error-conflict-title = Somebody was ahead of you
error-conflict-text = What you wanted to change has been changed in the meantime. Look at it again, then repeat your change.
error-internal-title = Something went wrong on our side
error-internal-text = It has been recorded, and we can find it by the number below. Please try again; if it happens again, ask for help.

## Signing in to an application (shown by the provider; nothing is sent to the application)
error-client-unknown-title = This application isn’t known here
error-client-unknown-text = The link that brought you here is wrong or old. Open the application again; if it doesn’t help, tell its owner.
error-redirect-title = This sign-in can’t be trusted
error-redirect-text = The application asked to send you to an address that isn’t registered for it. For your safety it ends here. Tell the owner of the application.
# $name: the application
error-not-allowed-title = You may not use { $name }
error-not-allowed-text = You are signed in, but this application isn’t open to you. If you need it, ask your administrator; nothing was sent to it but that you may not use it.
# $name: the application
error-not-allowed-back = Back to { $name }
error-logout-hint-title = This signing out can’t be carried out
error-logout-hint-text = The application’s request doesn’t belong to a sign-in of this server, so nobody was signed out. Sign out from your start page instead.
error-logout-address-title = This signing out can’t be trusted
error-logout-address-text = The application asked to send you to an address that isn’t registered for it. For your safety it ends here, and nobody was signed out. Tell the owner of the application.
error-signin-refused-title = You may not open this application
error-signin-refused-text = You are signed in, but this application isn’t open to you. Ask your administrator.
error-signin-failed-title = Signing in didn’t work
error-signin-failed-text = The answer of the sign-in server doesn’t fit what was asked. Nothing has happened; please sign in again.
error-detail = Details for the owner of the application
