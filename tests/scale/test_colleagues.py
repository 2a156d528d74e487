"""The digests and the mentions in front of 100,000 registrations and as many mentions."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from registrations.models import DeskNote, Mention, Registration
from registrations.workflow.submission_emails import digest_due
from tests.desk.pages import QUEUE
from tests.scale.test_desk import LARGE, read_from_end_to_end
from tests.support import people
from tests.support.scale import times
from tests.support.statements import statements

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

TABLES = (*LARGE, "registrations_mention", "registrations_desknote")
LIST = f"{QUEUE}mentions/"
PARAGRAPH = "Their terms are a page of another company, which we know from last year. " * 8


@pytest.fixture(scope="module")
def reader(crowd):
    """A reviewer who is mentioned in every hundredth note of a large desk."""
    reader, another = crowd, people.reviewer("second@portal.example")
    first = Registration.objects.earliest("pk")
    about = {"registration": first, "revision": first.revisions.get(), "author": another}
    now = timezone.now()
    notes = DeskNote.objects.bulk_create(
        DeskNote(text=f"{number}: {PARAGRAPH}", written_at=now, **about) for number in range(times(100_000))
    )
    Mention.objects.bulk_create(
        Mention(
            note=note,
            person=another if number % 100 else reader,
            made_at=now,
            seen_at=now if number % 200 else None,
        )
        for number, note in enumerate(notes)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return reader


def selects(made):
    return [statement for statement in made if statement.startswith(("SELECT", "("))]


def test_no_list_of_mentions_reads_a_large_table_whole(client, reader):
    browser = people.sign_in(client, reader)
    after = Mention.objects.unseen().filter(person=reader)[10].uuid
    for page in ("", "?show=seen", f"?show=new&after={after}"):
        with statements() as made:
            assert browser.get(f"{LIST}{page}").status_code == 200
        assert read_from_end_to_end(selects(made), TABLES) == []


def test_no_digest_reads_a_large_table_whole(reader):
    with time_machine.travel(datetime(2027, 3, 1, 9, tzinfo=UTC), tick=False), statements() as made:
        assert digest_due() == 2
    assert read_from_end_to_end(selects(made), TABLES) == []
