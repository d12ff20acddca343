"""A real SMTP server for tests/it/delivery.rs: prints its port, then one line of JSON for each mail it takes.

smtp_server.py starttls|tls|plain PASSWORD DIRECTORY-WITH-CERTIFICATE
"""

import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

# Handshakes that fail are what some tests want; the program says what it saw.
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")

mode, password, directory = sys.argv[1:]


def tell(**what):
    print(json.dumps(what), flush=True)


def check(server, session, envelope, mechanism, data):
    if mode == "plain":
        tell(heard="AUTH")
    right = data.login == b"zegel" and data.password == password.encode()
    # `handled=False` lets the server answer 535.
    return AuthResult(success=right, handled=False)


class Taker:
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        tell(
            **{"from": envelope.mail_from, "to": envelope.rcpt_tos},
            subject=mail["Subject"],
            text=mail.get_content().replace("\r\n", "\n"),
            auto_submitted=mail["Auto-Submitted"],
            date=mail["Date"],
            message_id=mail["Message-ID"],
            tls=session.ssl is not None or mode == "tls",
            authenticated=bool(session.authenticated),
        )
        return "250 2.0.0 taken"


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{directory}/server.pem", f"{directory}/server.key")

    def session():
        return SMTP(
            Taker(),
            authenticator=check,
            auth_required=True,
            auth_require_tls=mode == "starttls",
            require_starttls=mode == "starttls",
            tls_context=context if mode == "starttls" else None,
            enable_SMTPUTF8=True,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Ends when the test does, however it ends: its side of this pipe closes.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
