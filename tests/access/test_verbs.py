"""Every verb, as every kind of person, in every state, against the tables in docs/verbs.md."""

import inspect
from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.db import transaction
from django.utils import timezone

from portal.audit.models import Event
from portal.refusals import Refusal
from registrations import workflow
from registrations.models import ApiToken, StrangersTries
from registrations.queries.client_records import client_record
from tests.access.tables import heads_of, rows_of
from tests.access.verb_calls import BUSY_VERBS, PLAIN_VERBS, NothingError
from tests.support.registrations import again
from tests.support.scenes import STATES, Scene, cast

pytestmark = pytest.mark.django_db

DOCUMENT = "verbs.md"
ANY_HASH = "a" * 64
VERBS = PLAIN_VERBS | BUSY_VERBS
ELSEWHERE = {
    "api_tokens.revoke",
    "desk.export",
    "drafting.start",
    "mentions.see",
    "organisations.close",
    "submission_emails.choose",
}
SILENT = {"drafting.save", "review_drafts.keep", "review_drafts.use"}
"""What leaves no event."""
LEAVES_ITS_REFUSALS = {
    "assignment.claim": ["revision.claim"],
    "assignment.reassign": ["revision.reassign"],
    "assignment.release": ["revision.release"],
    "scopes.confirm_scopes": ["revision.confirm_scopes"],
    "client.close_as_staff": ["registration.close"],
    "client.reinstate": ["registration.reinstate"],
    "client.suspend": ["registration.suspend"],
    "pkce.grant": ["pkce.grant"],
    "pkce.refuse": ["pkce.refuse"],
    "pkce.revoke": ["pkce.revoke"],
    "review.approve": ["revision.approve"],
    "review.override": ["revision.override"],
    "review.reject": ["revision.reject"],
    "review.request_changes": ["revision.request_changes"],
    "secrets.reveal": ["secret.reveal"],
    "secrets.revoke_at_desk": ["secret.revoke"],
}
"""What leaves an event where it is refused, and what that is called; the others leave none."""
ON_THE_WAY = {"secrets.rotate": ["secret.revealed"]}


def test_every_verb_is_in_the_tables():
    for heading in ("Who", "When"):
        assert {row[0] for row in rows_of(DOCUMENT, heading)} == set(VERBS)
    assert set(public_verbs()) == set(VERBS) | ELSEWHERE


def public_verbs():
    """What takes an id and somebody who does it; what locks for others takes the statuses, too."""
    for module in iter_modules(workflow.__path__):
        room = import_module(f"{workflow.__name__}.{module.name}")
        for name, verb in inspect.getmembers(room, inspect.isfunction):
            takes = list(inspect.signature(verb).parameters)
            is_here = verb.__module__ == room.__name__ and not name.startswith("_")
            first = takes[0] if takes else ""
            names_it = first.endswith("uuid") or verb.__name__ in ("export", "choose")
            if is_here and names_it and "by" in takes and "statuses" not in takes:
                yield f"{module.name}.{name}"


@pytest.mark.parametrize("state", STATES)
def test_each_verb_answers_each_person_as_the_tables_say(state):
    who, answers, expected = cast(), {}, {}
    for verbs, is_busy in ((PLAIN_VERBS, False), (BUSY_VERBS, True)):
        scene = Scene(STATES[state](who, is_busy), is_busy)
        known = server_knows(scene)
        for name, verb in verbs.items():
            answers[name] = {
                role: attempted(name, verb, scene, person, who, known)
                for role, person in who.everybody.items()
            }
            expected[name] = {role: answer_of_tables(name, role, state) for role in who.everybody}
    assert answers == expected


def attempted(name, verb, scene, person, who, known):
    """In the words of the tables, and no trace of it stays. What changes ``known`` moves the client."""
    mark, before = transaction.savepoint(), done(name)
    refused_before, counted_before = refused(), counted()
    try:
        verb(scene, person, who)
    except NothingError:
        return "–"
    except Refusal as refusal:
        assert done(name) == before
        leaves = LEAVES_ITS_REFUSALS.get(name, [])
        is_counted = person in (who.stranger, who.clerk)
        assert refused()[len(refused_before) :] == ([] if is_counted else leaves)
        assert counted() - counted_before == (len(leaves) if is_counted else 0)
        return str(refusal.status)
    else:
        assert done(name) - before == (name not in SILENT)
        if name not in ON_THE_WAY:
            assert_moved_exactly_when_changed(known, server_knows(scene), name)
        return "yes"
    finally:
        transaction.savepoint_rollback(mark)


def server_knows(scene):
    """The record of the client as an authorization server reads it, and when it says that it changed."""
    registration = again(scene.registration)
    rights = dict.fromkeys(("may_read", "may_read_verifiers"), True)
    now = timezone.now()
    ApiToken.objects.get_or_create(
        keyed_hash=ANY_HASH,
        defaults={
            "server": "any",
            "slot": 1,
            "created_at": now,
            "expires_at": now + timedelta(days=1),
            **rights,
        }
        | {"environment": "staging"},
    )
    _, record = client_record([ANY_HASH], str(registration.client_id))
    moment = record.pop("updated_at") if record else None
    return record, moment, registration.record_updated_at


def assert_moved_exactly_when_changed(before, after, name):
    assert (before[0] != after[0]) == (before[2] != after[2]), name
    assert (after[0] is None) or (before[1] != after[1]) == (before[0] != after[0]), name


def done(name):
    """The events of what was done, without those of what the scene does on the way to the verb."""
    return Event.objects.filter(outcome="done").exclude(verb__in=ON_THE_WAY.get(name, ())).count()


def refused():
    """The names of the tries that were refused, oldest first."""
    return list(Event.objects.filter(outcome="refused").order_by("pk").values_list("verb", flat=True))


def counted():
    """How many tries of strangers were counted."""
    return sum(StrangersTries.objects.values_list("tries", flat=True))


def answer_of_tables(name, role, state):
    """What the two tables say together: who it is counts first."""
    in_this_state, for_this_person = WHEN[name][state], WHO[name][role]
    if in_this_state == "–" or for_this_person == "yes":
        return in_this_state
    if for_this_person.endswith("†"):
        return for_this_person.removesuffix(" †") if in_this_state == "yes" else in_this_state
    return for_this_person


def by_verb(heading):
    heads = heads_of(DOCUMENT, heading)[1:]
    return {row[0]: dict(zip(heads, row[1:], strict=True)) for row in rows_of(DOCUMENT, heading)}


WHO, WHEN = by_verb("Who"), by_verb("When")
