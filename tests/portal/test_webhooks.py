"""Webhooks: signed after Standard Webhooks, and sent by the worker until their target accepts them."""

import base64
import hashlib
import hmac
import json
import re
import time
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from portal.outbox.models import MAX_ATTEMPTS, Delivery, OutboxMessage
from portal.outbox.queue import pause, release, requeue
from portal.outbox.worker import run_once
from portal.webhooks import sending
from portal.webhooks.sending import signed_headers
from portal.webhooks.targets import Target
from registrations.queries.client_records import in_json
from registrations.workflow import drafting, webhooks
from registrations.workflow.webhooks import WEBHOOKS
from tests.packaging.surroundings import ROOT
from tests.portal.mail_backends import an_email
from tests.preflight.servers import Authority
from tests.support.registrations import a_draft, approved, change
from tests.support.webhook_servers import drips, hangs, webhook_server

KEYS = [bytes(range(start, start + 24)) for start in (0, 100)]
WRITTEN_KEY = f"whsec_{base64.b64encode(KEYS[0]).decode()}"
TEXT = (ROOT / "docs" / "webhooks.md").read_text()
GUIDE = {}
exec(TEXT.partition("```python\n")[2].partition("```")[0], GUIDE)
is_genuine = GUIDE["is_genuine"]
"""What the guide for authorization servers tells them to do."""
NOON = "2026-05-01T12:00:00Z"


@pytest.fixture
def server():
    with webhook_server() as running:
        yield running


@pytest.fixture
def target(settings, server):
    """The target of staging; production has none."""
    settings.PORTAL_WEBHOOKS = {"staging": Target(server.url, (KEYS[0],))}


@pytest.fixture
def live(partner, reviewer):
    return quiet(approved(partner, reviewer))


def quiet(registration):
    """Without the emails about it."""
    OutboxMessage.objects.all().delete()
    return registration


def enqueue(registration, kind="client.updated"):
    with transaction.atomic():
        webhooks.enqueue(kind, registration)


def work():
    return run_once(WEBHOOKS, [])


def work_for_days(days=3):
    """Rounds of a worker until it has given up; the clock goes on by an hour each time."""
    with time_machine.travel(NOON, tick=False) as clock:
        OutboxMessage.objects.update(due_at=NOON, created_at=NOON)
        for _ in range(24 * days):
            work()
            clock.shift(timedelta(hours=1))


def read(request, key):
    """What a server reads that knows one key: id, time and payload, once it has checked the signature."""
    _, headers, body = request
    message_id, moment = headers["webhook-id"], headers["webhook-timestamp"]
    signed = b"%s.%s.%s" % (message_id.encode(), moment.encode(), body)
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert f"v1,{expected}" in headers["webhook-signature"].split(" ")
    return message_id, int(moment), json.loads(body)


@pytest.mark.once
@pytest.mark.parametrize(
    ("key", "message_id", "moment", "body", "signature"),
    [
        (
            "plJ3nmyCDGBKInavdOK15jsl",
            "msg_loFOjxBNrRLzqYUf",
            1731705121,
            b'{"event_type":"ping","data":{"success":true}}',
            "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
        ),
        (
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
    ],
)
def test_the_signature_is_that_of_the_published_examples(key, message_id, moment, body, signature):
    headers = signed_headers([base64.b64decode(key)], message_id, moment, body)
    assert headers["webhook-signature"] == signature


@pytest.mark.django_db
def test_a_webhook_names_the_client_and_is_signed(target, server, live):
    enqueue(live, "client.suspended")
    assert work() == 2
    [request] = server.received
    message = OutboxMessage.objects.get()
    message_id, moment, payload = read(request, KEYS[0])
    assert (message_id, request[0]) == (str(message.uuid), "/hooks?of=portal")
    assert abs(moment - time.time()) < 60
    assert request[1]["Content-Type"] == "application/json"
    assert is_genuine(WRITTEN_KEY, *request[1:])
    assert not is_genuine(WRITTEN_KEY, request[1], request[2] + b" ")
    assert payload["type"] == "client.suspended"
    assert payload["timestamp"] == message.created_at.isoformat()
    assert payload["data"] == {
        "client_id": str(live.client_id),
        "environment": "staging",
        "version": 1,
        "updated_at": in_json(live.record_updated_at),
    }
    assert Delivery.objects.values_list("state", "target", "address", "recipient").get() == (
        "sent",
        "staging",
        "",
        None,
    )


@pytest.mark.django_db
def test_the_example_of_the_guide_is_written_as_a_webhook_is(target, server, live):
    enqueue(live)
    work()
    [request] = server.received
    (example,) = re.findall(r"^({.*?})\n```", TEXT.partition("```text\n")[2], re.DOTALL | re.MULTILINE)
    example, payload = json.loads(example.replace("\n", " ")), json.loads(request[2])
    assert list(example) == list(payload)
    assert list(example["data"]) == list(payload["data"])
    for name in ("client_id", "updated_at"):
        assert form(example["data"][name]) == form(payload["data"][name])
    assert form(example["timestamp"]) == form(payload["timestamp"])


def form(text):
    """How a text is written, whatever its digits are."""
    return re.sub(r"[0-9a-f]", "0", text)


@pytest.mark.django_db
def test_it_says_what_is_true_when_it_is_sent(target, server, live, partner):
    enqueue(live)
    change(live, partner, contacts=["other@client.example"])
    drafting.submit(live.uuid, by=partner)
    OutboxMessage.objects.exclude(kind="client.updated").delete()
    work()
    assert read(server.received[0], KEYS[0])[2]["data"]["version"] == 2


@pytest.mark.django_db
def test_while_the_key_is_changed_both_sign_the_newest_first(settings, server, target, live):
    settings.PORTAL_WEBHOOKS = {"staging": Target(server.url, (KEYS[1], KEYS[0]))}
    enqueue(live)
    work()
    [request] = server.received
    assert read(request, KEYS[0]) == read(request, KEYS[1])
    newest = signed_headers([KEYS[1]], *read(request, KEYS[1])[:2], request[2])["webhook-signature"]
    assert request[1]["webhook-signature"].split(" ")[0] == newest


@pytest.mark.django_db
def test_nothing_is_queued_without_a_target_or_for_what_never_was_live(target, partner, reviewer):
    production = {"environment": "production"}
    for registration in (approved(partner, reviewer, **production), a_draft(partner)):
        enqueue(quiet(registration))
    assert OutboxMessage.objects.count() == 0


@pytest.mark.django_db
def test_a_target_that_is_taken_away_gets_nothing_more(settings, target, server, live):
    server.status = 503
    enqueue(live)
    work()
    settings.PORTAL_WEBHOOKS = {}
    Delivery.objects.update(due_at=timezone.now())
    work()
    assert (Delivery.objects.get().state, len(server.received)) == ("dropped", 1)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [302, 307, 401, 410, 500])
def test_any_answer_but_success_is_tried_again_and_no_redirect_followed(status, target, server, live, caplog):
    server.status = status
    enqueue(live)
    work()
    assert [path for path, *_ in server.received] == ["/hooks?of=portal"]
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("waiting", 1, f"HTTP {status}")
    assert "webhook_not_sent" in caplog.text
    assert "hooks" not in caplog.text.replace("webhook", "")
    assert f":{server.server_address[1]}" not in caplog.text
    server.status = 200
    Delivery.objects.update(due_at=timezone.now())
    work()
    first, second = (read(one, KEYS[0]) for one in server.received)
    assert first[0] == second[0]
    assert Delivery.objects.get().state == "sent"


@pytest.mark.django_db
@pytest.mark.parametrize("then", [hangs, drips])
def test_a_server_that_lets_us_wait_is_left_at_the_deadline(then, target, server, live, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    server.then = then
    enqueue(live)
    work()
    assert server.is_left.wait(60)
    assert Delivery.objects.values_list("state", "last_error").get() == ("waiting", "TimeoutError")


@pytest.mark.django_db
def test_a_server_that_lets_us_wait_holds_up_no_email(target, server, live, monkeypatch, mailoutbox):
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    monkeypatch.setattr("portal.outbox.worker.TURN_SECONDS", 0.1)
    server.then = hangs
    for _ in range(3):
        enqueue(live)
    OutboxMessage.objects.create(kind="hello")
    run_once({**WEBHOOKS, **an_email("someone@other.example")}, [])
    assert (len(server.received), len(mailoutbox)) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("is_trusted", [True, False])
def test_the_certificate_is_checked(is_trusted, settings, live, tmp_path, monkeypatch):
    authority = Authority(tmp_path)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    with webhook_server(authority.context("localhost")) as server:
        settings.PORTAL_WEBHOOKS = {
            "staging": Target(server.url.replace("127.0.0.1", "localhost"), (KEYS[0],)),
        }
        enqueue(live)
        work()
    assert len(server.received) == is_trusted
    assert Delivery.objects.get().last_error == ("" if is_trusted else "SSLCertVerificationError")


@pytest.mark.django_db
def test_after_a_day_it_is_dead_and_requeued_it_is_the_same(target, server, live):
    server.status = 500
    enqueue(live)
    work_for_days()
    assert Delivery.objects.values_list("state", "attempts").get() == ("dead", MAX_ATTEMPTS)
    assert requeue() == (1, 0)
    server.status = 200
    work()
    assert len({read(one, KEYS[0])[0] for one in server.received}) == 1
    assert len({read(one, KEYS[0])[1] for one in server.received}) == MAX_ATTEMPTS + 1
    assert Delivery.objects.get().state == "sent"


@pytest.mark.django_db
def test_while_the_outbox_is_paused_no_webhook_is_sent(target, server, live):
    enqueue(live)
    pause()
    work()
    assert server.received == []
    release()
    work()
    assert len(server.received) == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_queued_in_the_transaction_of_the_change_alone(target, partner, reviewer):
    live = quiet(approved(partner, reviewer))
    with pytest.raises(RuntimeError):
        webhooks.enqueue("client.updated", live)


def test_no_secret_is_in_the_repr_of_a_target():
    shown = repr(Target("https://auth.example/hooks/canary", (b"canary" * 4,)))
    assert "canary" not in shown
