"""The provider is believed only where it signs for the portal and for this very sign-in."""

import base64
import hmac
import json
import threading
import time
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from tests.preflight.servers import Authority
from tests.support.people import PASSWORD, partner
from tests.support.sign_in_providers import CALLBACK, CLIENT, SECRET, START, key, path_of, public, sign_in

pytestmark = pytest.mark.django_db
FAILED = "Acme does not answer as it should"


def assert_nobody_is_in(client):
    assert not User.objects.exists()
    assert client.get("/registrations/").url.startswith("/accounts/login/")


@pytest.mark.parametrize(
    "said",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "other"},
        {"aud": None},
        {"aud": [CLIENT, "other"]},
        {"aud": [CLIENT, "other"], "azp": "other"},
        {"azp": "other"},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": None},
        {"iat": 9_000_000_000},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "a\x00b"},
        {"sub": "å"},
        {"sub": "a" * 192},
        {"sub": 7},
        {"auth_time": 9_000_000_000},
        {"auth_time": float("inf")},
        {"auth_time": 0},
    ],
    ids=str,
)
def test_a_token_that_is_wrong_lets_nobody_in(client, provider, said):
    provider.token = said
    answer = sign_in(client, provider)
    assert (answer.status_code, FAILED in answer.text) == (503, True)
    assert 'href="/accounts/login/"' in answer.text
    assert_nobody_is_in(client)


@pytest.mark.parametrize("audience", [[CLIENT], [CLIENT, "other"]])
def test_a_token_for_several_names_the_portal_as_its_client(client, provider, audience):
    provider.token = {"aud": audience, "azp": CLIENT}
    assert sign_in(client, provider).status_code == 302


SIGNED_WRONG = {
    "not at all": lambda said: jwt.encode(said, None, algorithm="none"),
    "with the secret": lambda said: jwt.encode(said, SECRET * 3, algorithm="HS256"),
    "with another key": lambda said: jwt.encode(said, key("two"), algorithm="RS256", headers={"kid": "one"}),
    "with a key of another name": lambda said: jwt.encode(
        said, key("two"), algorithm="RS256", headers={"kid": "two"}
    ),
    "with another algorithm than the key is for": lambda said: jwt.encode(
        said, key("one"), algorithm="RS512", headers={"kid": "one"}
    ),
    "and cut short": lambda said: jwt.encode(said, key("one"), algorithm="RS256", headers={"kid": "one"})[
        :-9
    ],
    "and is no token": lambda said: "nonsense",
    "and is no text": lambda said: ["nonsense"],
}


@pytest.mark.parametrize("signs", SIGNED_WRONG.values(), ids=SIGNED_WRONG)
def test_a_token_that_the_provider_has_not_signed_lets_nobody_in(client, provider, signs):
    provider.signs = signs
    assert sign_in(client, provider).status_code == 503
    assert_nobody_is_in(client)


def test_a_token_without_the_name_of_its_key_is_tried_with_each(client, provider):
    provider.keys = [{"kty": "oct", "k": "AAAA"}, public("two"), public()]
    provider.signs = lambda said: jwt.encode(said, key("one"), algorithm="RS256")
    assert sign_in(client, provider).status_code == 302


def shared(secret):
    return {"kty": "oct", "kid": "one", "k": base64.urlsafe_b64encode(secret).decode().rstrip("=")}


def published():
    return key("one").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def signed_with(secret, said):
    """What PyJWT refuses to make: HS256, also with a public key in place of a secret."""
    parts = ({"alg": "HS256", "kid": "one"}, said)
    text = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    return (text + b"." + base64.urlsafe_b64encode(hmac.digest(secret, text, "sha256")).rstrip(b"=")).decode()


@pytest.mark.parametrize("secret", [(SECRET * 3).encode(), published()], ids=["secret", "public key"])
@pytest.mark.parametrize("publishes", ["it", "only its own key"])
def test_a_key_that_others_have_signs_nothing(client, provider, secret, publishes):
    own = {name: value for name, value in public().items() if name != "alg"}
    provider.keys = [shared(secret), own] if publishes == "it" else [own]
    provider.signs = lambda said: signed_with(secret, said)
    answer = sign_in(client, provider)
    assert (answer.status_code, FAILED in answer.text) == (503, True)
    assert_nobody_is_in(client)


def test_only_the_key_that_the_token_names_may_have_signed_it(client, provider):
    provider.keys = [public(), public("two")]
    provider.signs = lambda said: jwt.encode(said, key("two"), algorithm="RS256", headers={"kid": "one"})
    assert sign_in(client, provider).status_code == 503
    assert_nobody_is_in(client)


def test_a_new_key_counts_at_the_next_sign_in_and_the_old_one_no_longer(provider):
    old = provider.signs
    assert sign_in(Client(), provider).status_code == 302
    provider.keys = [public("two")]
    provider.signs = lambda said: jwt.encode(said, key("two"), algorithm="RS256", headers={"kid": "two"})
    assert sign_in(Client(), provider).status_code == 302
    provider.signs = old
    assert sign_in(Client(), provider).status_code == 503
    assert [path for path, _, _ in provider.received].count("/keys") == 3


@pytest.mark.parametrize(
    "keys", [None, "nonsense", [], ["nonsense"], [{}], [{"kty": "RSA", "kid": "one"}]], ids=str
)
def test_keys_that_are_none_let_nobody_in(client, provider, keys):
    provider.keys = keys
    assert sign_in(client, provider).status_code == 503


def test_a_key_for_encryption_signs_nothing(client, provider):
    provider.keys = [public() | {"use": "enc"}]
    assert sign_in(client, provider).status_code == 503


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://other.example"},
        {"issuer": None},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "ftp://sign-in.example/token"},
        {"jwks_uri": 7},
        {"jwks_uri": "http://[/keys"},
        {"userinfo_endpoint": "http://sign-in.example/user info"},
    ],
    ids=str,
)
def test_a_discovery_document_that_is_wrong_leads_nowhere(client, provider, said):
    provider.document = said
    answer = client.get(START)
    assert (answer.status_code, FAILED in answer.text) == (503, True)


def test_an_issuer_that_differs_by_a_slash_is_another_one(client, provider, settings):
    settings.PORTAL_OIDC = replace(settings.PORTAL_OIDC, issuer=settings.PORTAL_OIDC.issuer + "/")
    assert client.get(START).status_code == 503


@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"]
)
def test_where_the_issuer_has_tls_every_endpoint_needs_it(
    client, provider, settings, tmp_path, monkeypatch, name
):
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    provider.speak_tls(authority.context("localhost"))
    settings.PORTAL_OIDC = provider.settings()
    assert client.get(START).status_code == 302
    provider.document = {name: "http://localhost/of-nobody"}
    assert Client().get(START).status_code == 503


def drips(handler):
    """Answer without end, byte by byte, each well before the time limit of a socket."""
    try:
        while True:
            handler.wfile.write(b"H")
            threading.Event().wait(0.02)
    except OSError:
        pass


ANSWERS = {
    "an error": (500, "{}"),
    "a redirect": (302, "{}"),
    "no JSON": (200, "<html>nonsense</html>"),
    "no object": (200, "[]"),
    "an empty object": (200, "{}"),
    "not UTF-8": (200, "{\udcff"),
    "deep JSON": (200, "[" * 100_000),
    "very much": (200, "{" + " " * 300_000 + "}"),
    "without end": drips,
}


@pytest.mark.parametrize("address", ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"])
@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_a_provider_that_answers_nonsense_gets_a_page(client, provider, address, answer, monkeypatch):
    monkeypatch.setattr("portal.staff_provider.calls.SECONDS", 0.5 if answer == "without end" else 8)
    provider.tells_apart = True
    there = client.get(START)
    begun = time.monotonic()
    if answer == "not UTF-8":
        provider.answers[address] = lambda handler: handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n{\xff")
    else:
        provider.answers[address] = ANSWERS[answer]
    page = client.get(path_of(provider.authorize(there.url)))
    assert (page.status_code, FAILED in page.text) == (503, True)
    assert time.monotonic() - begun < 30
    assert_nobody_is_in(client)


SPOILT = {
    "as an error": lambda body: (500, body),
    "as created": lambda body: (201, body),
    "as a redirect": lambda body: (302, body),
    "with too much": lambda body: (200, body + " " * 300_000),
}


@pytest.mark.parametrize("address", ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"])
@pytest.mark.parametrize("how", SPOILT)
def test_the_right_answer_in_the_wrong_way_gets_a_page(client, provider, address, how):
    provider.tells_apart = True
    there = client.get(START)
    provider.spoils[address] = SPOILT[how]
    page = client.get(path_of(provider.authorize(there.url)))
    assert (page.status_code, FAILED in page.text) == (503, True)
    assert_nobody_is_in(client)


def test_an_answer_of_the_largest_size_is_read(client, provider):
    provider.spoils["/keys"] = lambda body: (200, body.ljust(256 * 1024))
    assert sign_in(client, provider).status_code == 302


def test_while_the_provider_is_down_passwords_work(client, settings, provider):
    person = partner()
    settings.PORTAL_OIDC = provider.settings(issuer="http://127.0.0.1:1")
    answer = client.get(START)
    assert (answer.status_code, "sign in with it meanwhile" in answer.text) == (503, True)
    assert client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}).status_code == 302
    assert client.get("/organisation/").status_code == 200


def test_a_userinfo_about_somebody_else_lets_nobody_in(client, provider):
    provider.tells_apart, provider.userinfo = True, {"sub": "sub-2"}
    assert sign_in(client, provider).status_code == 503
    assert_nobody_is_in(client)


def test_no_call_is_made_for_what_the_token_says(client, provider):
    sign_in(client, provider)
    assert "/userinfo" not in [path for path, _, _ in provider.received]


# --- One browser, one sign-in ------------------------------------------------------------------


def test_the_way_there_names_nonce_state_and_challenge(client, provider):
    there = parse_qs(urlsplit(client.get(START).url).query)
    assert there["of"] == ["staff"], "the query of the endpoint itself stays"
    assert there["response_type"] == ["code"]
    assert there["scope"] == ["openid email profile"]
    assert there["redirect_uri"] == [f"https://testserver{CALLBACK}"]
    assert there["code_challenge_method"] == ["S256"]
    assert there["max_age"] == ["43200"]
    other = parse_qs(urlsplit(Client().get(START).url).query)
    for random in ("nonce", "state", "code_challenge"):
        assert len(there[random][0]) >= 16
        assert there[random] != other[random]


def test_an_answer_works_once(client, provider):
    back = path_of(provider.authorize(client.get(START).url))
    assert client.get(back).status_code == 302
    client.post("/accounts/logout/")
    answer = client.get(back)
    assert (answer.status_code, "This sign-in has expired" in answer.text) == (400, True)


def test_an_answer_works_in_the_browser_that_left_for_it(client, provider):
    back = path_of(provider.authorize(client.get(START).url))
    thief = Client()
    thief.get(START)
    assert thief.get(back).status_code == 400
    assert thief.get(back.replace("state=", "other=")).status_code == 400
    assert_nobody_is_in(thief)


def test_an_answer_works_for_ten_minutes(client, provider):
    there = client.get(START).url
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.get(path_of(provider.authorize(there))).status_code == 400


def test_a_code_of_another_sign_in_lets_nobody_in(client, provider):
    """Its token has the nonce of that one, and the provider wants the verifier of that one."""
    theirs = parse_qs(urlsplit(provider.authorize(Client().get(START).url)).query)
    own = parse_qs(urlsplit(client.get(START).url).query)
    answer = client.get(CALLBACK, {"code": theirs["code"][0], "state": own["state"][0]})
    assert answer.status_code == 503
    assert_nobody_is_in(client)


def test_an_answer_of_another_issuer_is_not_redeemed(client, provider):
    back = path_of(provider.authorize(client.get(START).url))
    assert client.get(f"{back}&iss=https://other.example").status_code == 503
    assert "/token" not in [path for path, _, _ in provider.received]


def test_whoever_gives_up_there_is_told_so(client, provider):
    state = parse_qs(urlsplit(client.get(START).url).query)["state"][0]
    answer = client.get(CALLBACK, {"error": "access_denied", "state": state})
    assert (answer.status_code, "Acme did not sign you in" in answer.text) == (403, True)
    assert 'href="/accounts/login/"' in answer.text


@pytest.mark.parametrize("methods", [["client_secret_post"], ["client_secret_basic", "client_secret_post"]])
def test_the_secret_goes_the_way_that_the_provider_wants(client, provider, methods):
    provider.document = {"token_endpoint_auth_methods_supported": methods}
    sign_in(client, provider)
    [(headers, form)] = [(headers, form) for path, headers, form in provider.received if path == "/token"]
    in_form = "client_secret_basic" not in methods
    assert (form.get("client_secret") == SECRET) == in_form
    assert ("Authorization" in headers) != in_form


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_link_elsewhere_leads_to_the_page_that_asks_first(client, provider, site):
    answer = client.get(f"{START}?next=/organisation/", headers={"Sec-Fetch-Site": site})
    assert answer.url == "/accounts/login/?next=%2Forganisation%2F"
    assert not provider.received
    assert client.get(START, headers={"Sec-Fetch-Site": "same-origin"}).url.startswith(provider.issuer)


def test_somebody_who_asks_without_end_is_slowed_down(client, provider):
    answers = [client.get(START).status_code for _ in range(61)]
    assert (answers[59], answers[60]) == (302, 429)
