"""What a pre-flight check found stands beside the address, with its day."""

from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from registrations.models import Preflight
from tests.desk.pages import review_path
from tests.pages.elements import with_attribute
from tests.support.registrations import submitted

AT = datetime(2026, 11, 23, 22, 14, tzinfo=UTC)
CHECKED = "(checked on 23 November 2026, 22:14 UTC)"
TERMS = ("tos_uri", "https://client.example/legal/tos.html")


def found(registration, verdict, field=TERMS[0], uri=TERMS[1]):
    revision = registration.revisions.first()
    Preflight.objects.create(revision=revision, field=field, uri=uri, verdict=verdict, checked_at=AT)


def shown(page, field):
    """What stands at one field."""
    return with_attribute(page.text, "data-shows", field)[0].words()


def test_each_verdict_has_its_words(desk, by):
    said = {
        "answers": "Answers",
        "fault": "Answers with an error, a redirect or a certificate that browsers refuse",
        "silent": "Does not answer",
        "not_public": "Leads to an address that is not public",
    }
    for verdict, text in said.items():
        registration = submitted(by)
        found(registration, verdict)
        page = desk.get(review_path(registration))
        assert f"{TERMS[1]} {text} {CHECKED}" in shown(page, TERMS[0])
        assert ("desk-warned" in page.text) == (verdict != "answers")


def test_a_callback_was_not_asked_for(desk, waiting):
    found(waiting, "answers", "redirect_uris", "https://client.example/callback")
    page = desk.get(review_path(waiting))
    assert f"https://client.example/callback Host answers {CHECKED}" in shown(page, "redirect_uris")


def test_the_verdict_belongs_to_field_and_address(desk, waiting):
    found(waiting, "silent", "policy_uri", TERMS[1])
    assert "checked on" not in desk.get(review_path(waiting)).text


def test_what_was_not_checked_yet_has_no_verdict(desk, waiting):
    Preflight.objects.create(revision=waiting.revisions.get(), field=TERMS[0], uri=TERMS[1])
    assert "checked on" not in desk.get(review_path(waiting)).text


def test_verdicts_cost_one_statement(desk, waiting):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            desk.get(review_path(waiting))
        return len([each for each in seen if "registrations_preflight" in each["sql"]]), len(seen)

    before = cost()
    found(waiting, "silent")
    found(waiting, "silent", "redirect_uris", "https://client.example/callback")
    assert cost() == before
    assert before[0] == 1
