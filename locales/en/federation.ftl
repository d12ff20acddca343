# Signing in with another provider, and accounts elsewhere.

federation-or = Or
federation-continue = Continue with { $name }
federation-back = Back to signing in
federation-nobody-title = Nobody here is connected to that account
federation-nobody-text = { $name } told us who you are there, and no account here is connected to it. If you have an account here, sign in as you usually do and connect it under Connected accounts. If you have none, ask the company to invite you.
federation-declined-title = { $name } did not sign you in
federation-declined-text = You stopped, or { $name } refused. Nothing has changed here. You can try again or sign in another way.
federation-broken-title = Signing in with { $name } doesn't work now
federation-broken-text = { $name } can't be reached, or sent an answer that can't be accepted. Try again in a few minutes or sign in another way. If it keeps happening, tell the company, with the number below.

connections-title = Connected accounts
connections-lead = You can sign in here with an account that you have elsewhere.
connections-none = The company has not set up any other provider.
connections-since = Connected on { $date }
connections-used = Last used on { $date }
connections-connect = Connect { $name }
connections-remove = Disconnect { $name }
connections-done = The account is connected. From now on you can sign in with it.
connections-removed = The account is disconnected. Wherever you signed in with it, you are signed out.
connections-taken = This account is connected to someone else here, or you are connected to another one there. Nothing was changed.
connections-last = You sign in here with this account only. Choose a password first; then you can disconnect it.
