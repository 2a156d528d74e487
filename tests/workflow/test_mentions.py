"""A desk note mentions colleagues, and each marks it as seen."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations.models import Mention
from registrations.workflow import comments, mentions
from registrations.workflow.mentions import MOST_MENTIONED
from tests.support import people
from tests.support.registrations import submitted
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(db):
    return people.reviewer("second@portal.example")


@pytest.fixture
def waiting(partner):
    return submitted(partner)


def write(registration, by, *tell, text="Look at the logo."):
    return comments.note(registration.uuid, by=by, text=text, tell=tell)


def emails():
    return OutboxMessage.objects.filter(kind="mentioned").count()


def test_a_note_mentions_whom_its_author_tells(waiting, reviewer, second):
    watching = people.auditor()
    note = write(waiting, reviewer, second, watching, reviewer)
    assert {mention.person for mention in note.mentions.all()} == {second, watching}
    assert {mention.made_at for mention in note.mentions.all()} == {note.written_at}
    event = Event.objects.get(verb="note.written")
    assert event.detail == {"told": sorted(str(one.pseudonym) for one in (second, watching))}
    assert emails() == 1


def test_a_note_to_nobody_mentions_nobody(waiting, reviewer):
    assert not write(waiting, reviewer).mentions.exists()
    assert emails() == 0
    assert Event.objects.get(verb="note.written").detail == {}


def test_a_second_press_mentions_nobody_again_but_others_are(waiting, reviewer, second, lead):
    first = write(waiting, reviewer, second)
    assert write(waiting, reviewer, second) == first
    assert write(waiting, reviewer) == first
    assert emails() == 1
    assert write(waiting, reviewer, second, lead) != first
    assert lead.mentions.count() == 1
    assert emails() == 2


@pytest.mark.parametrize("who", ["partner", "clerk", "left"])
def test_who_cannot_see_the_desk_is_not_mentioned(waiting, partner, reviewer, second, who):
    type(second).objects.filter(pk=second.pk).update(is_active=False)
    nobody = {
        "partner": partner,
        "clerk": people.person("clerk@portal.example", is_staff=True),
        "left": second,
    }
    with pytest.raises(Conflict, match="cannot see the desk"):
        write(waiting, reviewer, nobody[who], people.head())
    assert not waiting.desk_notes.exists()
    assert emails() == 0


def test_a_note_mentions_so_many_and_no_more(waiting, reviewer):
    crowd = [people.reviewer(f"reviewer{number}@portal.example") for number in range(MOST_MENTIONED + 1)]
    with pytest.raises(Conflict, match="at most"):
        write(waiting, reviewer, *crowd)
    costs = []
    for count in (2, MOST_MENTIONED):
        with statements() as made:
            write(waiting, reviewer, *crowd[:count], text=f"To {count}.")
        costs.append(len(made))
    assert costs[0] == costs[1]


def test_a_mention_is_marked_as_seen_once_with_one_event(waiting, reviewer, second):
    mention = write(waiting, reviewer, second).mentions.get()
    mentions.see(mention.uuid, by=second)
    seen_at = Mention.objects.get().seen_at
    mentions.see(mention.uuid, by=second)
    assert Mention.objects.get().seen_at == seen_at >= mention.made_at
    event = Event.objects.get(verb="mention.seen")
    assert (event.stream, event.moved) == (second.pseudonym, [f"mention:{mention.uuid}"])


def test_nobody_marks_the_mention_of_somebody_else(waiting, partner, reviewer, second):
    mention = write(waiting, reviewer, second).mentions.get()
    with pytest.raises(NotFound):
        mentions.see(mention.uuid, by=reviewer)
    with pytest.raises(NotAllowed):
        mentions.see(mention.uuid, by=partner)
    type(second).objects.filter(pk=second.pk).update(is_staff=False)
    with pytest.raises(NotAllowed):
        mentions.see(mention.uuid, by=type(second).objects.get(pk=second.pk))
    assert Mention.objects.get().seen_at is None


def test_the_database_refuses_a_second_mention_and_one_seen_before_it_was_made(waiting, reviewer, second):
    note = write(waiting, reviewer, second)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mention.objects.create(note=note, person=second, made_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        note.mentions.update(seen_at=note.written_at - timedelta(seconds=1))
