"""Plays an application on Authlib, an independent library, against the provider at an address. Says `open ADDRESS` where a person
has to sign in, and reads the address that the browser was led back to. Its last line is JSON: what it learned.

authlib_client.py ISSUER CLIENT_ID CLIENT_SECRET CALLBACK
"""

import json
import secrets
import sys

from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

issuer, client_id, client_secret, callback = sys.argv[1:]
verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)

session = OAuth2Session(
    client_id, client_secret, scope="openid profile email", redirect_uri=callback, code_challenge_method="S256"
)
# Nothing of the environment: the server is on this machine.
session.trust_env = False
metadata = session.get(f"{issuer}/.well-known/openid-configuration", withhold_token=True).json()
assert metadata["issuer"] == issuer, metadata

url, state = session.create_authorization_url(metadata["authorization_endpoint"], nonce=nonce, code_verifier=verifier)
print(f"open {url}", flush=True)
back = sys.stdin.readline().strip()
# The library asks for https, which a provider of a test does not have.
back = back.replace("http://", "https://", 1)
tokens = session.fetch_token(
    metadata["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
)

keys = KeySet.import_key_set(session.get(metadata["jwks_uri"], withhold_token=True).json())
token = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
rules = jwt.JWTClaimsRegistry(
    iss={"essential": True, "value": issuer},
    aud={"essential": True, "value": client_id},
    nonce={"essential": True, "value": nonce},
    exp={"essential": True},
)
rules.validate(token.claims)
userinfo = session.get(metadata["userinfo_endpoint"]).json()
again = session.refresh_token(metadata["token_endpoint"])
session.revoke_token(metadata["revocation_endpoint"], token=again["refresh_token"])
ended = session.get(metadata["userinfo_endpoint"]).status_code
print(json.dumps({"claims": token.claims, "userinfo": userinfo, "again": again["scope"], "ended": ended}), flush=True)
