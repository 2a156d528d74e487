"""Whoever owns the tables but has no key cannot change the audit log without being found out."""

import hmac
import random
import re
import uuid
from datetime import timedelta
from io import StringIO
from typing import NamedTuple

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from portal.audit import macs, triggers
from portal.audit.heads import Head, HeadRefused
from portal.audit.models import Event, EventSeal, SealedEvent
from portal.audit.rows import COLUMNS, read
from portal.audit.seals import seal_due
from portal.audit.verification import Verification
from portal.epochs.models import Epoch
from tests.support.scale import times
from tests.support.sealed_log import event, faults, sealed_log

pytestmark = pytest.mark.django_db

TRIALS, SEALS, EACH = 200, 6, 4


@pytest.fixture
def head():
    """Of a log that nobody has touched yet, whose triggers its owner has lifted."""
    made = Head.of(sealed_log(SEALS, EACH), timezone.now())
    assert faults(made) == []
    connection.check_constraints()  # what was put off to the commit, which stops a change of the tables
    triggers.remove(connection)
    return made


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def links(number=1):
    """Different ones, anywhere in the chain."""
    return random.sample(list(SealedEvent.objects.order_by("pk")), number)


def some_seal(first=1, last=SEALS):
    return EventSeal.objects.get(pk=random.randint(first, last))


def named(link):
    return f"event {link.event_id} "


def place(link):
    return f"seal {link.seal_id}, position {link.position}"


# --- What the owner does, and the faults that this has to leave: kind and place ------------------

OTHER = {
    "uuid": uuid.uuid4,
    "at": lambda: timezone.now() - timedelta(seconds=random.randint(10, 10**6)),
    "verb": lambda: "revision.approved",
    "outcome": lambda: random.choice(["refused", "failed"]),
    "actor": lambda: random.choice(["system", str(uuid.uuid4())]),
    "stream": uuid.uuid4,
    "moved": lambda: random.choice([[], ["revision:0"]]),
    "detail": lambda: random.choice([{}, {"number": -1}]),
    "organisation": uuid.uuid4,
    "request_id": lambda: uuid.uuid4().hex,
    "object": lambda: "suspension:0",
    "version": lambda: 10**6,
}


def edits_a_column():
    (link,), column = links(), random.choice(COLUMNS)
    Event.objects.filter(pk=link.event_id).update(**{column: OTHER[column]()})
    return [("edited", named(link))]


def gives_an_event_another_id():
    (link,) = links()
    Event.objects.filter(pk=link.event_id).update(id=10**9)
    return [("missing", f"event {link.event_id}, {place(link)}"), ("not sealed", f"event {10**9} ")]


def deletes_an_event():
    (link,) = links()
    sql("DELETE FROM audit_event WHERE id = %s", link.event_id)
    return [("missing", f"event {link.event_id}, {place(link)}")]


def deletes_an_event_and_its_place():
    (link,) = links()
    sql("DELETE FROM audit_sealedevent WHERE event_id = %s", link.event_id)
    sql("DELETE FROM audit_event WHERE id = %s", link.event_id)
    return [("missing", place(link)), ("wrong MAC", f"seal {link.seal_id}")]


def swaps_the_contents_of_two():
    pair = links(2)
    stored = [Event.objects.values(*COLUMNS).get(pk=link.event_id) for link in pair]
    Event.objects.filter(pk=pair[0].event_id).update(uuid=uuid.uuid4())
    for link, values in zip(reversed(pair), stored, strict=True):
        Event.objects.filter(pk=link.event_id).update(**values)
    one, other = pair
    return [
        ("swapped", f"event {one.event_id} .*event {other.event_id} now"),
        ("swapped", f"event {other.event_id} .*event {one.event_id} now"),
    ]


def swaps_the_places_of_two():
    one, other = links(2)
    for link, to in ((one, None), (other, one), (one, other)):
        seal, position = (to.seal_id, to.position) if to else (link.seal_id, 10**6)
        SealedEvent.objects.filter(pk=link.pk).update(seal_id=seal, position=position)
    wrong = [("wrong MAC", f"seal {number}") for number in {one.seal_id, other.seal_id}]
    return [
        ("moved", f"event {one.event_id} .*sealed as {place(one)}"),
        ("moved", f"event {other.event_id} .*sealed as {place(other)}"),
        *wrong,
    ]


def moves_a_place_to_another_seal():
    (link,) = links()
    to = random.choice([number for number in range(1, SEALS + 1) if number != link.seal_id])
    SealedEvent.objects.filter(pk=link.pk).update(seal_id=to, position=EACH + 1)
    return [
        ("moved", f"event {link.event_id} .*sealed as {place(link)}"),
        ("missing", place(link)),
        ("wrong MAC", f"seal {link.seal_id}"),
        ("wrong MAC", f"seal {to}"),
    ]


def edits_a_mac_of_an_event():
    (link,) = links()
    SealedEvent.objects.filter(pk=link.pk).update(mac="0" * 64)
    return [("edited", named(link)), ("wrong MAC", f"seal {link.seal_id}")]


def edits_a_seal():
    seal = some_seal(first=2, last=SEALS - 1)
    column, value = random.choice(
        [
            ("at", timezone.now()),
            ("closed_to", seal.closed_to - timedelta(hours=random.randint(1, 9))),
            ("mac", "0" * 64),
            ("previous", "0" * 64),
        ]
    )
    EventSeal.objects.filter(pk=seal.pk).update(**{column: value})
    wrong = [("wrong MAC", f"seal {seal.pk}")]
    return [*wrong, ("wrong MAC", f"seal {seal.pk} was made after")] if column == "previous" else wrong


def edits_what_a_seal_says_of_itself():
    seal = some_seal()
    wrong = ("wrong MAC", f"seal {seal.pk}")
    column, value, expected = random.choice(
        [
            ("count", EACH + 3, [("missing", f"seal {seal.pk}, positions 5 to 7"), wrong]),
            ("form", 99, [("unknown form", f"seal {seal.pk}:")]),
            ("key", "0" * 8, [("unknown key", f"seal {seal.pk}:")]),
            ("epoch", str(uuid.uuid4()), [("epoch out of order", f"seal {seal.pk}:"), wrong]),
        ]
    )
    EventSeal.objects.filter(pk=seal.pk).update(**{column: value})
    return expected


def deletes_a_seal():
    seal = some_seal(last=SEALS - 1)
    sql("DELETE FROM audit_eventseal WHERE sequence = %s", seal.pk)
    return [("gap in sequence", f"seal {seal.pk}, before"), ("missing", f"seal {seal.pk}, in which {EACH}")]


def deletes_a_seal_with_its_events():
    seal = some_seal(last=SEALS - 1)
    delete_from(seal.pk, seal.pk)
    return [("gap in sequence", f"seal {seal.pk}, before")]


def delete_from(first, last):
    events = list(SealedEvent.objects.filter(seal__gte=first, seal__lte=last).values_list("pk", flat=True))
    sql("DELETE FROM audit_sealedevent WHERE seal_id BETWEEN %s AND %s", first, last)
    sql("DELETE FROM audit_eventseal WHERE sequence BETWEEN %s AND %s", first, last)
    for one in events:
        sql("DELETE FROM audit_event WHERE id = %s", one)


def cuts_off_the_end():
    seal = some_seal(first=2)
    delete_from(seal.pk, SEALS)
    return [("truncated", f"seals? {seal.pk}")]


def cuts_off_the_seals_alone():
    seal = some_seal(first=2)
    first = SealedEvent.objects.get(seal=seal, position=1).event_id
    sql("DELETE FROM audit_sealedevent WHERE seal_id >= %s", seal.pk)
    sql("DELETE FROM audit_eventseal WHERE sequence >= %s", seal.pk)
    return [("truncated", f"seals? {seal.pk}"), ("not sealed", f"event {first} ")]


def empties_everything():
    delete_from(1, SEALS)
    return [("truncated", f"seals 1 to {SEALS}")]


def cuts_off_the_beginning():
    seal = some_seal(last=SEALS - 1)
    delete_from(1, seal.pk)
    return [("gap in sequence", f"seals? 1.*, before seal {seal.pk + 1}")]


def seals_an_edited_event_again_without_the_key():
    seal = some_seal(last=SEALS - 1)
    link = random.choice(list(seal.links.all()))
    Event.objects.filter(pk=link.event_id).update(verb="revision.approved")
    own = macs.Key(seal.key, b"guessed", b"guessed", b"guessed")
    (row,) = read(Event.objects.filter(pk=link.event_id))
    mac = macs.event_mac(own, seal.form, seal.pk, link.position, row)
    SealedEvent.objects.filter(pk=link.pk).update(mac=mac)
    made = macs.begin_seal(own, seal)
    for one in seal.links.order_by("position"):
        macs.add_link(made, one.position, one.event_id, one.mac)
    EventSeal.objects.filter(pk=seal.pk).update(mac=made.hexdigest())
    follower = ("wrong MAC", f"seal {seal.pk + 1} was made after")
    return [("edited", named(link)), ("wrong MAC", f"seal {seal.pk}"), follower]


def puts_an_event_into_an_old_place():
    (link,) = links()
    forged = event(link.event.at)
    forged.save()
    return [("not sealed", f"event {forged.pk} ")]


def puts_an_event_into_an_old_seal():
    (link,) = links()
    forged = event(link.event.at)
    forged.save()
    SealedEvent.objects.create(event=forged, seal_id=link.seal_id, position=EACH + 1, mac="0" * 64)
    return [("edited", f"event {forged.pk} "), ("wrong MAC", f"seal {link.seal_id}")]


MANIPULATIONS = [
    edits_a_column,
    gives_an_event_another_id,
    deletes_an_event,
    deletes_an_event_and_its_place,
    swaps_the_contents_of_two,
    swaps_the_places_of_two,
    moves_a_place_to_another_seal,
    edits_a_mac_of_an_event,
    edits_a_seal,
    edits_what_a_seal_says_of_itself,
    deletes_a_seal,
    deletes_a_seal_with_its_events,
    cuts_off_the_end,
    cuts_off_the_seals_alone,
    empties_everything,
    cuts_off_the_beginning,
    seals_an_edited_event_again_without_the_key,
    puts_an_event_into_an_old_place,
    puts_an_event_into_an_old_seal,
]


def test_each_manipulation_is_found_in_its_place_and_nowhere_else(head):
    for trial in range(times(TRIALS)):
        manipulate = MANIPULATIONS[trial % len(MANIPULATIONS)]
        with transaction.atomic():
            expected, found = manipulate(), faults(head)
            unexpected = [fault for fault in found if not any(fits(fault, one) for one in expected)]
            missed = [one for one in expected if not any(fits(fault, one) for fault in found)]
            assert (unexpected, missed) == ([], []), f"{manipulate.__name__}: {found}"
            transaction.set_rollback(True)
    assert faults(head) == []


def fits(fault, expected):
    """Whether the fault is of that kind, and its place begins as the pattern says."""
    return fault[0] == expected[0] and re.match(expected[1] + r"(?!\d)", fault[1]) is not None


class Named(NamedTuple):
    """An event as faults name it."""

    pk: int
    uuid: uuid.UUID

    def __str__(self):
        return f"event {self.pk} ({self.uuid})"


def first_event():
    return Named(*Event.objects.order_by("pk").values_list("pk", "uuid")[0])


@pytest.mark.parametrize("column", COLUMNS)
def test_no_column_can_be_edited(head, column):
    Event.objects.filter(pk=first_event().pk).update(**{column: OTHER[column]()})
    assert faults(head) == [("edited", f"{first_event()}, seal 1, position 1")]


def test_every_column_of_an_event_is_sealed():
    assert {field.name for field in Event._meta.concrete_fields} == {"id", *COLUMNS}


@pytest.mark.postgres
def test_an_event_that_two_seals_name_is_found(head):
    sql("ALTER TABLE audit_sealedevent DROP CONSTRAINT audit_sealedevent_pkey")
    sql(
        "INSERT INTO audit_sealedevent (event_id, seal_id, position, mac)"
        " SELECT event_id, 5, 9, mac FROM audit_sealedevent WHERE seal_id = 2 AND position = 3"
    )
    event = SealedEvent.objects.get(seal=2, position=3).event
    found = faults(head)
    assert ("sealed twice", f"event {event.pk} ({event.uuid})") in found
    assert ("wrong MAC", "seal 5") in found


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL refuses it")
@pytest.mark.parametrize("value", ["'no time'", "'2026-13-01 00:00:00'", "7", "x'ff'", "'x' || x'00' || 'y'"])
def test_what_django_cannot_read_is_found_too(head, value):
    sql(f"UPDATE audit_event SET at = {value} WHERE id = (SELECT min(id) FROM audit_event)")
    sql(f"UPDATE audit_event SET verb = {value} WHERE id = (SELECT max(id) FROM audit_event)")
    assert [kind for kind, _ in faults(head)] == ["edited", "edited"]


def test_without_a_head_the_end_can_be_cut_off_and_with_one_it_cannot(head):
    delete_from(SEALS, SEALS)
    assert faults() == []
    assert [kind for kind, _ in faults(head)] == ["truncated"]


def test_seals_that_the_worker_writes_after_a_cut_are_others(head):
    sql("DELETE FROM audit_sealedevent WHERE seal_id >= 4")
    sql("DELETE FROM audit_eventseal WHERE sequence >= 4")
    for _ in range(3):
        event(timezone.now()).save()
        seal_due()
    assert ("rewritten", "seal 6 is not the one that the head names") in faults(head)


def test_an_event_that_was_put_into_the_past_and_sealed_since_came_late(head, time_machine):
    forged = event(timezone.now() - timedelta(days=1))
    forged.save()
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    assert seal_due() == 1
    ((kind, where),) = faults(head)
    assert (kind, f"event {forged.pk} ({forged.uuid})" in where) == ("came late", True)
    later = Verification(Head.of(EventSeal.objects.newest(), timezone.now()))
    assert list(later.faults()) == []
    assert later.known_late == 1


# --- Unsealed ------------------------------------------------------------------------------------


def test_events_of_the_last_two_minutes_may_be_unsealed_and_are_counted(time_machine):
    head = Head.of(sealed_log(), timezone.now())
    Event.objects.bulk_create([event(timezone.now()) for _ in range(3)])
    found = Verification(head)
    assert list(found.faults()) == []
    assert (found.tail, found.events) == (3, SEALS * EACH + 3)
    time_machine.move_to(timezone.now() + timedelta(seconds=121))
    ((kind, where),) = faults(head)
    assert (kind, "3 in all" in where) == ("not sealed", True)


# --- Heads and restores --------------------------------------------------------------------------


def test_a_head_goes_with_any_later_state_of_its_log():
    head = Head.of(sealed_log(), timezone.now())
    sealed_log()
    assert faults(head) == []
    assert faults(Head.of(None, timezone.now())) == []


def test_a_head_can_be_read_again_and_not_be_changed(settings):
    head = Head.of(sealed_log(), timezone.now().replace(microsecond=0))
    text = head.signed()
    assert Head.read(f"{text}\n") == head
    for changed in (text.replace(":6:", ":5:"), text[:-1], text + "0", "", "no head", text.replace(":", ";")):
        with pytest.raises(HeadRefused):
            Head.read(changed)
    forged = text.rpartition(":")[0]
    guess = hmac.digest(b"guessed", forged.encode(), "sha256").hex()
    with pytest.raises(HeadRefused, match="signature"):
        Head.read(f"{forged}:{guess}")
    settings.PORTAL_AUDIT_KEY = ["another-" + "0123456789abcdef" * 3]
    with pytest.raises(HeadRefused, match="PORTAL_AUDIT_KEY"):
        Head.read(text)


def test_a_head_of_more_than_a_day_ago_is_too_old(time_machine):
    head = Head.of(sealed_log(), timezone.now())
    time_machine.move_to(head.made_at + timedelta(hours=23, minutes=59))
    assert faults(head) == []
    time_machine.move_to(head.made_at + timedelta(hours=24, seconds=1))
    assert [kind for kind, _ in faults(head)] == ["head too old"]


def test_a_head_from_before_a_restore_says_so_and_an_older_one_is_contained(head):
    kept = Head.of(EventSeal.objects.get(pk=3), timezone.now())
    delete_from(4, SEALS)
    Epoch.objects.create()
    sealed_log(seals=1)
    ((kind, where),) = faults(head)
    assert (kind, "names seal 6, the last one is 4" in where) == ("from before a restore", True)
    assert faults(kept) == []
    assert EventSeal.objects.newest().epoch == Epoch.objects.current()
    assert faults(Head.of(EventSeal.objects.newest(), timezone.now())) == []


def test_epochs_follow_each_other():
    Epoch.objects.create()
    sealed_log(seals=1)
    later = Epoch.objects.create()
    sealed_log(seals=1)
    assert faults() == []
    Epoch.objects.filter(pk=later.pk).update(id=later.pk - 100)
    assert [kind for kind, _ in faults()] == ["epoch out of order"]


# --- Keys ----------------------------------------------------------------------------------------

NEW = "new-key-" + "0123456789abcdef" * 3


def test_after_a_change_of_keys_the_older_one_verifies_what_it_sealed(settings):
    old = settings.PORTAL_AUDIT_KEY
    head = Head.of(sealed_log(), timezone.now())
    settings.PORTAL_AUDIT_KEY = [NEW, *old]
    sealed_log()
    assert faults(Head.read(head.signed())) == []
    assert len(set(EventSeal.objects.values_list("key", flat=True))) == 2
    settings.PORTAL_AUDIT_KEY = [NEW]
    assert faults()[0][0] == "unknown key"
    assert {kind for kind, _ in faults()} == {"unknown key"}


# --- The command ---------------------------------------------------------------------------------


def verify(**options):
    """Standard output, standard error and the exit code."""
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_audit_log", stdout=out, stderr=err, **options)
    except CommandError as refusal:
        return out.getvalue(), f"{err.getvalue()}{refusal}", refusal.returncode
    return out.getvalue(), err.getvalue(), 0


def test_the_command_prints_the_head_that_the_next_run_takes(tmp_path):
    sealed_log()
    first, said, code = verify()
    assert (code, "Events: 24. Seals: 6. Not sealed yet: 0." in said) == (0, True)
    assert "Looked at 48 of 48 entries (100 %)" in said
    (tmp_path / "head").write_text(first)
    sealed_log(seals=1)
    second, _, code = verify(head_file=str(tmp_path / "head"))
    assert (code, Head.read(second).sequence) == (0, 7)
    assert verify(head=first)[2] == 0


def test_the_command_names_each_fault_and_ends_with_1(head):
    Event.objects.filter(pk=first_event().pk).update(verb="revision.approved")
    out, said, code = verify(head=head.signed())
    assert code == 1
    assert f"edited: {first_event()}, seal 1, position 1" in said
    assert "Faults: 1." in said
    assert Head.read(out).sequence == SEALS


def test_a_head_that_is_refused_is_a_fault_and_all_else_is_verified(head):
    Event.objects.filter(pk=first_event().pk).update(verb="revision.approved")
    _, said, code = verify(head=head.signed()[:-1] + "x")
    assert (code, "head refused" in said, "edited" in said, "Faults: 2." in said) == (1, True, True, True)


def test_a_file_that_is_not_there_is_named(tmp_path):
    _, said, code = verify(head_file=str(tmp_path / "nothing"))
    assert (code, "nothing cannot be read" in said) == (1, True)


def test_a_log_without_a_seal_has_a_head_too():
    out, _, code = verify()
    assert (code, Head.read(out).sequence) == (0, 0)
    sealed_log()
    assert verify(head=out)[2] == 0


def test_a_head_never_vouches_for_a_seal_that_is_wrong(head):
    EventSeal.objects.filter(pk=SEALS).update(mac="0" * 64)
    out, _, code = verify(head=head.signed())
    assert (code, Head.read(out).sequence) == (1, SEALS - 1)


def test_what_is_written_meanwhile_does_no_harm(head):
    def go_on(*_):
        if EventSeal.objects.count() == SEALS:
            sealed_log(seals=1)
            event(timezone.now()).save()

    found = Verification(head, progress=go_on)
    assert list(found.faults()) == []
    assert EventSeal.objects.count() == SEALS + 1
