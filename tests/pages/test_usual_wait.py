from datetime import timedelta

import pytest
from django.utils import timezone

from registrations.models import Revision
from registrations.queries.turnaround import in_hours_or_days, usual_wait
from registrations.workflow import drafting, review
from tests.support.just_signed_in import approve
from tests.support.registrations import a_draft, applied, approved, change, submitted
from tests.support.statements import statements

HOUR = timedelta(hours=1)


def decided(partner, reviewer, hours, *, days_ago=1, verb=review.reject):
    """A decision that took so many hours."""
    registration = submitted(partner, client_name=f"After {hours} hours")
    verb(registration.uuid, by=reviewer, seen_version=1, note="Because.")
    at = timezone.now() - timedelta(days=days_ago)
    registration.revisions.update(decided_at=at, submitted_at=at - hours * HOUR)
    return registration


def test_the_usual_wait_is_the_median_of_all_kinds_of_decisions(partner, reviewer):
    verbs = [approve, review.reject, review.request_changes, approve, review.reject]
    for hours, verb in zip((1, 2, 5, 90, 100), verbs, strict=True):
        decided(partner, reviewer, hours, verb=verb)
    assert usual_wait(timezone.now()) == 5 * HOUR


def test_too_few_old_and_withdrawn_ones_tell_nothing(partner, reviewer):
    for hours in (1, 2, 3, 4):
        decided(partner, reviewer, hours)
    decided(partner, reviewer, 5, days_ago=31)
    drafting.withdraw(submitted(partner).uuid, by=partner)
    assert usual_wait(timezone.now()) is None
    decided(partner, reviewer, 6)
    assert usual_wait(timezone.now()) == 3 * HOUR


def test_changes_count_like_first_submissions(partner, reviewer):
    for hours in (1, 2, 4, 5):
        decided(partner, reviewer, hours)
    live = approved(partner, reviewer)
    change(live, partner, client_name="Renamed Client")
    drafting.submit(live.uuid, by=partner)
    review.approve(live.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())
    Revision.objects.filter(registration=live, number=1).update(
        decided_at=timezone.now() - timedelta(days=60)
    )
    newest = live.revisions.get(number=2)
    live.revisions.filter(number=2).update(submitted_at=newest.decided_at - 3 * HOUR)
    assert usual_wait(timezone.now()) == 3 * HOUR


def test_what_nobody_but_its_submitter_decided_is_no_review(partner, reviewer):
    for hours in (1, 2, 3):
        decided(partner, reviewer, hours)
    applied(partner, reviewer)
    assert usual_wait(timezone.now()) is None


@pytest.fixture
def five(partner, reviewer):
    for _ in range(5):
        decided(partner, reviewer, 50)


WORDS = "usually decided within 3\xa0days."


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(), "1\xa0hour"),
        (HOUR - timedelta(seconds=1), "1\xa0hour"),
        (HOUR, "1\xa0hour"),
        (HOUR + timedelta(seconds=1), "2\xa0hours"),
        (12 * HOUR, "12\xa0hours"),
        (13 * HOUR, "1\xa0day"),
        (48 * HOUR, "2\xa0days"),
        (49 * HOUR, "3\xa0days"),
        (72 * HOUR, "3\xa0days"),
    ],
)
def test_a_wait_is_rounded_up(wait, words):
    assert in_hours_or_days(wait) == words


def test_who_waits_reads_how_long_it_usually_takes(client, partner, five):
    client.force_login(partner)
    waiting = submitted(partner)
    assert WORDS in client.get(f"/registrations/{waiting.uuid}/").text


@pytest.mark.parametrize(("hours", "is_longer"), [(49, False), (99, True)])
def test_who_has_waited_longer_than_usual_is_told_how_long(client, partner, five, hours, is_longer):
    client.force_login(partner)
    waiting = submitted(partner)
    waiting.revisions.update(submitted_at=timezone.now() - hours * HOUR)
    page = client.get(f"/registrations/{waiting.uuid}/").text
    assert (
        "You have been waiting for 4\xa0days, 3\xa0hours, which is longer than usual." in page
    ) is is_longer


def test_nobody_waits_longer_than_usual_within_an_hour(client, partner, reviewer):
    for _ in range(5):
        decided(partner, reviewer, 0)
    client.force_login(partner)
    page = client.get(f"/registrations/{submitted(partner).uuid}/").text
    assert "usually decided within 1\xa0hour." in page
    assert "longer than usual" not in page


def test_who_is_about_to_submit_reads_it_unless_nobody_decides(client, partner, reviewer, five):
    client.force_login(partner)
    assert WORDS in client.get(f"/registrations/{a_draft(partner).uuid}/check/").text
    unfinished = a_draft(partner, client_uri="")
    assert "usually decided" not in client.get(f"/registrations/{unfinished.uuid}/check/").text
    at_once = change(approved(partner, reviewer), partner, contacts=["other@client.example"])
    assert "usually decided" not in client.get(f"/registrations/{at_once.uuid}/check/").text


def test_where_two_people_decide_the_usual_wait_is_not_promised(client, partner, five):
    client.force_login(partner)
    restricted = {
        "scope": ["vendors:write"],
        "scope_reasons": {"vendors:write": "Our till adds a vendor for each new shop."},
    }
    draft, waiting = a_draft(partner, **restricted), submitted(partner, **restricted)
    for page in (f"{draft.uuid}/check/", f"{waiting.uuid}/", f"{waiting.uuid}/submitted/"):
        html = client.get(f"/registrations/{page}").text
        assert "two people at Pleo review it. That can take longer than for others." in html
        assert "usually decided" not in html


def test_where_nothing_waits_nothing_is_said(client, partner, five):
    client.force_login(partner)
    rejected = Revision.objects.latest("pk").registration
    with statements() as made:
        assert "usually decided" not in client.get(f"/registrations/{rejected.uuid}/").text
    assert not any("decided_by_id" in statement and "LIMIT 500" in statement for statement in made)
