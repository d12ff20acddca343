"""Plays the recipient of encrypted tokens on joserfc, an independent library: reads a list of tokens, each with the private key
that it was encrypted to and the issuer's keys, decrypts them and checks the signatures inside. Answers JSON.

jwe_check.py < {"items": [{"token", "private", "keys"}]}
"""

import json
import sys

from joserfc import jwe, jws
from joserfc.jwk import KeySet, import_key

ALGORITHMS = ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW", "A128CBC-HS256", "A128GCM", "A256GCM"]


def opened(item):
    key = import_key(item["private"])
    message = jwe.decrypt_compact(item["token"], key, algorithms=ALGORITHMS)
    header = message.headers()
    if header.get("cty") != "JWT":
        return {"header": header, "claims": json.loads(message.plaintext)}
    keys = KeySet.import_key_set(item["keys"])
    inner = jws.deserialize_compact(message.plaintext.decode(), keys, algorithms=["RS256", "ES256", "EdDSA", "PS256"])
    return {"header": header, "inner": inner.headers(), "claims": json.loads(inner.payload)}


print(json.dumps([opened(item) for item in json.load(sys.stdin)["items"]]))
