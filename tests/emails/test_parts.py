"""The plain and the HTML part of each email say the same."""

import re
from datetime import UTC, datetime, time, timedelta
from html import unescape

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from registrations.domain.api_rights import Right
from registrations.emails import EMAILS
from registrations.models.secret import REVEAL_WINDOW
from registrations.workflow import api_tokens, assignment, client, comments, drafting, pkce, review, secrets
from tests.emails.sending import delivered, parts, want_each
from tests.support import people
from tests.support.commenting import asked, sent_back
from tests.support.registrations import (
    applied,
    approved,
    change,
    excepted,
    in_days,
    reveal,
    submitted,
    with_exception,
)
from tests.support.scenes import NAME, QUESTION, accept

pytestmark = pytest.mark.django_db

FRAME = "Pleo · Partner clients "
COPY = r"Or copy this address into your browser: \S+ "


def said_in_plain(plain):
    """The words, without the link and the marks that stand for markup."""
    without_link = re.sub(r":\nhttps://testserver\S+\n", "\n", plain)
    return [word for word in without_link.split() if word not in ("-", "--")]


def said_in_html(html):
    """The words of the body, without its heading and the address to copy."""
    body = html.partition("<body")[2].partition(">")[2]
    blocks = re.sub("</?(strong|code)>", "", body)
    text = " ".join(unescape(re.sub("<[^>]*>", " ", blocks)).split())
    return re.sub(COPY, "", text.removeprefix(FRAME)).split()


def everything_that_happens_to_clients(partner, reviewer, lead):
    """Returns all emails of the portal about clients and the servers that they use."""
    people.head()
    api_tokens.create(
        "login.example", by=None, signed_in_at=None, environment="staging", rights=[Right.READ], days=30
    )
    want_each(reviewer)
    asks = {"client_name": NAME, "review_asked": [QUESTION]}
    decided = submitted(partner, **asks, **with_exception())
    asked(decided, reviewer, "Which product?")
    sent_back(decided, reviewer, note="Nearly there.")
    drafting.submit(decided.uuid, by=partner)
    review.reject(decided.uuid, by=reviewer, seen_version=2, note="Not your company.")
    accepted = submitted(partner, **asks)
    accept(accepted, reviewer, 1)
    asked(accepted, reviewer, "Which museum?", field="")
    review.approve(accepted.uuid, by=reviewer, seen_version=1, note="Welcome.", signed_in_at=timezone.now())
    rotated_and_revoked(partner, reviewer)
    stopped = applied(partner, reviewer)
    change(stopped, partner, client_name="Renamed Client")
    drafting.submit(stopped.uuid, by=partner)
    client.restrict(stopped.uuid, by=partner, scope=["users:write"])
    drafting.withdraw(stopped.uuid, by=partner)
    client.suspend(stopped.uuid, by=reviewer, reason="Its terms are gone.")
    client.reinstate(stopped.uuid, by=reviewer, note="They are back.", signed_in_at=timezone.now())
    client.close_as_staff(stopped.uuid, by=reviewer, reason="Never used.", signed_in_at=timezone.now())
    client.close(submitted(partner).uuid, by=partner)
    revoked = excepted(partner, lead)
    exception = revoked.pkce_exceptions.get()
    pkce.revoke(revoked.uuid, exception.uuid, by=lead, reason="Use a newer library.")
    refused = submitted(partner, **with_exception())
    pkce.refuse(refused.uuid, by=lead, seen_version=1, note="Use a newer library.")
    corrected = submitted(partner, **with_exception())
    first = pkce.refuse(corrected.uuid, by=lead, seen_version=1, note="Use a newer library.")
    again = {"expires_on": in_days(90), "corrects": first.decided_at}
    pkce.grant(corrected.uuid, by=lead, seen_version=1, **again, signed_in_at=timezone.now())
    excepted(partner, lead, days=20)
    waiting = submitted(partner)
    assignment.claim(waiting.uuid, by=reviewer)
    comments.message(waiting.uuid, by=partner, text="We launch in May.")
    assignment.reassign(waiting.uuid, by=reviewer, to=lead, note="I know them.\nYou do not.")
    comments.note(waiting.uuid, by=lead, text="Look at\nthis.", field="logo", tell=[reviewer])
    emails = delivered("")
    for later in (
        timezone.now() + timedelta(hours=21),
        timezone.now() + REVEAL_WINDOW,
        in_days(13),
        in_days(21),
        a_morning(),
    ):
        with time_machine.travel(later, tick=False):
            emails = delivered("")
    return emails


def rotated_and_revoked(partner, reviewer):
    """Two clients whose secrets were void, after a restore and with their key, and one whose old secret ends,
    beside a third."""
    approved(partner, reviewer)
    with transaction.atomic():
        secrets.void_sealed(now=timezone.now())
    approved(partner, reviewer)
    secrets.void_for_key()
    for _ in range(2):
        registration = approved(partner, reviewer)
        reveal(registration, partner)
        secrets.rotate(registration.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
        reveal(registration, partner)
    active = registration.secrets.get(status="active")
    secrets.revoke(registration.uuid, active.uuid, by=partner, reason="It is in our old code.", leaked=True)


def a_morning():
    """On a working day a few weeks from now."""
    day = next(in_days(ahead) for ahead in (30, 31, 32) if in_days(ahead).weekday() < 5)
    return datetime.combine(day, time(9), tzinfo=UTC)


def test_both_parts_say_the_same(partner, reviewer, lead):
    emails = everything_that_happens_to_clients(partner, reviewer, lead)
    subjects = {re.split(": | on ", email.subject)[0] for email in emails}
    assert len(subjects) == len(EMAILS), "a submission and the digest of it have one subject for reviewers"
    for email in emails:
        plain, html = parts(email)
        assert said_in_plain(plain) == said_in_html(html), email.subject
