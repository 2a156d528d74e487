"""An OpenID Connect provider on this machine that says what a test wants, and the way there and back."""

import base64
import hashlib
import json
import secrets
import threading
import time
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from portal.staff_provider.configuration import Provider

CLIENT, SECRET = "portal", "a secret: with+signs"
ACCESS_TOKEN = "canary-of-an-access-token"
START, AGAIN, CALLBACK = (f"/accounts/provider/{page}" for page in ("", "again/", "callback/"))
STAFF = {
    "email": "sam@portal.example",
    "email_verified": True,
    "name": "Sam Staff",
    "groups": ["everybody", "client-reviewers"],
}


@cache
def key(name):
    """A key of the provider; it takes a moment to make."""
    return generate_private_key(65537, 2048)


def public(name="one"):
    return json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key(name).public_key())) | {
        "kid": name,
        "use": "sig",
        "alg": "RS256",
    }


class SignInProvider(ThreadingHTTPServer):
    """Vouches for ``subject`` with ``claims``, in the ID token or, if ``tells_apart``, in the userinfo.

    ``token`` changes what the ID token says (None takes it out), ``document`` the discovery document, and
    ``keys`` is what it publishes. ``answers`` has those of some paths: a status and a body, or what to do.
    ``spoils`` makes a status and a body of the right body of some paths.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.subject, self.claims, self.token, self.tells_apart = "sub-1", dict(STAFF), {}, False
        self.userinfo, self.document, self.answers, self.codes, self.received = {}, {}, {}, {}, []
        self.keys, self.signs, self.spoils = [public()], self.sign, {}

    def speak_tls(self, context):
        """From now on answer as localhost, by TLS."""
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.issuer = f"https://localhost:{self.server_address[1]}"

    def settings(self, **changes):
        about = {
            "issuer": self.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "name": "Acme",
            "domain": "portal.example",
            "claim": None,
            "groups_claim": "groups",
            "groups": {
                "Reviewers": frozenset({"client-reviewers"}),
                "PKCE approvers": frozenset({"pkce", "pkce-deputies"}),
            },
        }
        return Provider(**about | changes)

    def authorize(self, address, signed_in_ago=0):
        """Sign in, as the browser that was sent to the address; returns where it is sent to then."""
        query = dict(parse_qsl(urlsplit(address).query))
        code = secrets.token_urlsafe(16)
        self.codes[code] = query | {"auth_time": time.time() - signed_in_ago}
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def sign(self, claims):
        return jwt.encode(claims, key("one"), algorithm="RS256", headers={"kid": "one"})

    def id_token(self, begun):
        now = time.time()
        said = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": int(now),
            "exp": int(now) + 300,
            "nonce": begun["nonce"],
            "auth_time": int(begun["auth_time"]),
            **({} if self.tells_apart else self.claims),
            **self.token,
        }
        return self.signs({name: value for name, value in said.items() if value is not None})

    def redeem(self, form, header):
        """The answer of the token endpoint; None for whoever may not redeem the code."""
        begun = self.codes.pop(form.get("code"), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        pair = base64.b64decode(header.removeprefix("Basic ")).decode().split(":")
        if not begun or [unquote_plus(part) for part in pair] != [CLIENT, SECRET]:
            return None
        if (
            begun["code_challenge"] != challenge.decode().rstrip("=")
            or begun["code_challenge_method"] != "S256"
        ):
            return None
        if begun["redirect_uri"] != form["redirect_uri"]:
            return None
        return {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": self.id_token(begun)}

    def handle_error(self, request, client_address):
        """Whoever hangs up is no error here."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        provider = self.server
        at = provider.issuer
        pages = {
            "/.well-known/openid-configuration": {
                "issuer": at,
                "authorization_endpoint": f"{at}/authorize?of=staff",
                "token_endpoint": f"{at}/token",
                "jwks_uri": f"{at}/keys",
                "userinfo_endpoint": f"{at}/userinfo",
            }
            | provider.document,
            "/keys": {"keys": provider.keys},
            "/userinfo": {"sub": provider.subject, **provider.claims, **provider.userinfo},
        }
        provider.received.append((self.path, self.headers, {}))
        self.answer(pages.get(self.path))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.server.received.append((self.path, self.headers, form))
        self.answer(
            None
            if "/token" in self.server.answers
            else self.server.redeem(form, self.headers["Authorization"])
        )

    def answer(self, page):
        if callable(other := self.server.answers.get(self.path)):
            other(self)
            return
        status, body = other or ((200, json.dumps(page)) if page else (400, '{"error": "invalid_grant"}'))
        if self.path in self.server.spoils:
            status, body = self.server.spoils[self.path](body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *words):
        pass


@contextmanager
def sign_in_provider():
    with SignInProvider() as provider:
        thread = threading.Thread(target=provider.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield provider
        finally:
            provider.shutdown()
            thread.join()


def path_of(address):
    """The address without its host, for a test client."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def sign_in(client, provider, start=START, *, signed_in_ago=0):
    """Go to the provider and come back; returns the answer to coming back."""
    there = client.get(start)
    assert there.status_code == 302, there.status_code
    assert there.url.startswith(f"{provider.issuer}/authorize?of=staff&"), there.url
    return client.get(path_of(provider.authorize(there.url, signed_in_ago)))
