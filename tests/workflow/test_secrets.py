import hashlib
import pickle
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, Gone, NotAllowed, NotFound
from portal.sealing import SealBroken, SealingKeyProblem
from registrations import client_secrets
from registrations.models import ClientSecret
from registrations.workflow import client, secrets
from registrations.workflow.refusals import ReauthenticationNeeded
from tests.support.invariants import check_invariants
from tests.support.registrations import again, approved, reveal, revealed, submitted

OTHERS = [("viewer", NotAllowed), ("stranger", NotFound), ("lead", NotFound)]


def sealed(registration):
    return registration.secrets.get(status="sealed")


def reveal_of(registration, secret, by, signed_in_at=None):
    return secrets.reveal(registration.uuid, secret.uuid, by=by, signed_in_at=signed_in_at or timezone.now())


def events(outcome="done"):
    return Event.objects.filter(verb__in=["secret.revealed", "secret.reveal"], outcome=outcome)


def test_a_secret_is_64_lower_case_hex_digits_and_only_its_verifier_stays(partner, reviewer):
    registration, text = revealed(partner, reviewer)
    secret = registration.secrets.get()
    assert re.fullmatch(r"[0-9a-f]{64}", text)
    assert secret.sealed_secret is None
    assert secret.verifier == hashlib.sha256(text.encode()).hexdigest()
    assert secret.hint == text[-4:]
    assert (secret.status, secret.revealed_by) == ("active", partner)
    assert events().get().moved == [f"secret:{secret.uuid}"]
    check_invariants()


def test_second_reveal_is_gone(partner, colleague, reviewer):
    registration, _ = revealed(partner, reviewer)
    with pytest.raises(Gone):
        reveal_of(registration, registration.secrets.get(), colleague)
    assert events().count() == events("refused").count() == 1


def test_a_reveal_after_seven_days_is_gone_before_the_worker_came_by(partner, reviewer, time_machine):
    registration = approved(partner, reviewer)
    secret = sealed(registration)
    time_machine.move_to(secret.reveal_until)
    with pytest.raises(Gone):
        reveal_of(registration, secret, partner)


def test_a_reveal_in_the_last_second_works(partner, reviewer, time_machine):
    registration = approved(partner, reviewer)
    time_machine.move_to(sealed(registration).reveal_until - timedelta(seconds=1))
    assert reveal(registration, partner)


@pytest.mark.parametrize(
    ("who", "refusal", "leaves"),
    [("viewer", NotAllowed, "event"), ("stranger", NotFound, "count"), ("lead", NotFound, "event")],
)
def test_who_may_not_reveal_burns_nothing_and_is_on_record(partner, reviewer, request, who, refusal, leaves):
    registration = approved(partner, reviewer)
    person = request.getfixturevalue(who)
    with pytest.raises(refusal):
        reveal_of(registration, sealed(registration), person)
    is_counted = registration.strangers_tries.filter(tries=1).exists()
    actors = [event.actor for event in events("refused")]
    assert (actors, is_counted) == (([str(person.pseudonym)], False) if leaves == "event" else ([], True))
    assert reveal(registration, partner)


def test_a_sign_in_of_a_quarter_of_an_hour_ago_is_too_old(partner, reviewer):
    registration = approved(partner, reviewer)
    for moment in (None, timezone.now() - timedelta(minutes=15, seconds=1)):
        with pytest.raises(ReauthenticationNeeded):
            secrets.reveal(registration.uuid, sealed(registration).uuid, by=partner, signed_in_at=moment)
    recent = timezone.now() - timedelta(minutes=14)
    assert reveal_of(registration, sealed(registration), partner, recent)


def test_a_secret_is_revealed_only_with_its_own_registration(partner, reviewer):
    one, other = approved(partner, reviewer), approved(partner, reviewer)
    with pytest.raises(NotFound):
        reveal_of(one, sealed(other), partner)
    assert reveal(other, partner)


def test_the_wrong_key_burns_nothing(partner, reviewer, settings):
    registration = approved(partner, reviewer)
    secret, right = sealed(registration), settings.PORTAL_FERNET_KEYS
    settings.PORTAL_FERNET_KEYS = ["d3Jvbmcta2V5LXdyb25nLWtleS13cm9uZy1rZXktISE="]
    with pytest.raises(SealingKeyProblem):
        reveal_of(registration, secret, partner)
    assert sealed(registration) == secret
    assert events("failed").count() == 1
    settings.PORTAL_FERNET_KEYS = right
    assert reveal(registration, partner)
    with pytest.raises(Gone):
        reveal_of(registration, secret, partner)


def test_swapped_sealed_values_show_neither(partner, reviewer):
    first, second = approved(partner, reviewer), approved(partner, reviewer)
    one, other = sealed(first), sealed(second)
    ClientSecret.objects.filter(pk=one.pk).update(sealed_secret=other.sealed_secret)
    ClientSecret.objects.filter(pk=other.pk).update(sealed_secret=one.sealed_secret)
    for registration, secret in ((first, one), (second, other)):
        with pytest.raises(SealBroken):
            reveal_of(registration, secret, partner)


def test_rows_swapped_with_their_verifiers_show_neither(partner, reviewer):
    first, second = approved(partner, reviewer), approved(partner, reviewer)
    one, other = sealed(first), sealed(second)
    ClientSecret.objects.filter(pk=one.pk).update(verifier="0" * 64)
    for row, its in ((other, one), (one, other)):
        ClientSecret.objects.filter(pk=row.pk).update(verifier=its.verifier, sealed_secret=its.sealed_secret)
    for registration, secret in ((first, one), (second, other)):
        with pytest.raises(SealBroken):
            reveal_of(registration, secret, partner)


def test_a_swapped_verifier_shows_nothing(partner, reviewer):
    registration = approved(partner, reviewer)
    ClientSecret.objects.update(verifier="0" * 64)
    with pytest.raises(SealBroken):
        reveal_of(registration, sealed(registration), partner)


def test_a_traceback_does_not_show_a_secret_with_a_swapped_verifier(monkeypatch):
    text, ids = "5" * 64, {"secret_uuid": uuid4(), "client_id": uuid4()}
    monkeypatch.setattr(client_secrets.secrets, "token_hex", lambda _: text)
    made = client_secrets.make(**ids)
    with pytest.raises(SealBroken) as broken:
        client_secrets.open_sealed(made.sealed, **ids, verifier="0" * 64)
    assert text not in str([entry.locals for entry in broken.traceback[1:]])


def test_a_new_secret_stops_the_old_one_at_once(partner, colleague, reviewer):
    registration, old = revealed(partner, reviewer)
    secrets.rotate(registration.uuid, by=colleague, grace="now", signed_in_at=timezone.now())
    assert list(registration.secrets.order_by("pk").values_list("status", flat=True)) == ["revoked", "sealed"]
    assert reveal(registration, colleague) != old
    rotated = Event.objects.get(verb="secret.rotated")
    assert len(rotated.moved) == 2
    check_invariants()


def test_nothing_is_rotated_while_a_secret_waits(partner, reviewer):
    registration = approved(partner, reviewer)
    with pytest.raises(Conflict):
        secrets.rotate(registration.uuid, by=partner, grace="now", signed_in_at=timezone.now())
    assert registration.secrets.count() == 1


def test_an_unknown_grace_is_refused(partner, reviewer):
    registration, _ = revealed(partner, reviewer)
    with pytest.raises(Conflict):
        secrets.rotate(registration.uuid, by=partner, grace="for ever", signed_in_at=timezone.now())
    assert registration.secrets.get().status == "active"


def test_after_a_lapse_that_nobody_booked_a_new_secret_can_be_issued(partner, reviewer, time_machine):
    registration = approved(partner, reviewer)
    time_machine.move_to(timezone.now() + timedelta(days=8))
    secrets.rotate(registration.uuid, by=partner, grace="now", signed_in_at=timezone.now())
    assert list(registration.secrets.order_by("pk").values_list("status", flat=True)) == ["lapsed", "sealed"]


def test_nothing_is_issued_before_the_approval(partner):
    with pytest.raises(Conflict):
        secrets.rotate(submitted(partner).uuid, by=partner, grace="now", signed_in_at=timezone.now())


@pytest.mark.parametrize("was_revealed", [True, False])
def test_revoking_wipes_and_leaves_a_way_on(partner, reviewer, was_revealed):
    registration = approved(partner, reviewer)
    if was_revealed:
        reveal(registration, partner)
    secret = registration.secrets.get()
    secrets.revoke(registration.uuid, secret.uuid, by=partner, confirmed="Example Client")
    secret.refresh_from_db()
    assert (secret.status, secret.sealed_secret, secret.revoked_by) == ("revoked", None, partner)
    with pytest.raises(Gone):
        reveal_of(registration, secret, partner)
    with pytest.raises(Gone):
        secrets.revoke(registration.uuid, secret.uuid, by=partner, confirmed="Example Client")
    secrets.rotate(registration.uuid, by=partner, grace="now", signed_in_at=timezone.now())
    assert reveal(registration, partner)


@pytest.mark.parametrize(
    ("who", "refusal"), [("viewer", NotAllowed), ("stranger", NotFound), ("lead", NotFound)]
)
def test_who_may_not_handle_secrets_neither_rotates_nor_revokes(partner, reviewer, request, who, refusal):
    registration, _ = revealed(partner, reviewer)
    person = request.getfixturevalue(who)
    with pytest.raises(refusal):
        secrets.rotate(registration.uuid, by=person, grace="now", signed_in_at=timezone.now())
    with pytest.raises(refusal):
        secrets.revoke(
            registration.uuid, registration.secrets.get().uuid, by=person, confirmed="Example Client"
        )
    assert registration.secrets.get().status == "active"


def test_the_worker_books_what_lapsed_once_and_tells(partner, reviewer, time_machine):
    registration = approved(partner, reviewer)
    approved(partner, reviewer)
    time_machine.move_to(timezone.now() + timedelta(days=6))
    assert secrets.lapse_due() == 0
    time_machine.move_to(timezone.now() + timedelta(days=2))
    assert secrets.lapse_due() == 2
    assert secrets.lapse_due() == 0
    secret = registration.secrets.get()
    assert (secret.status, secret.sealed_secret) == ("lapsed", None)
    assert Event.objects.filter(verb="secret.lapsed", actor="system").count() == 2
    assert OutboxMessage.objects.filter(kind="secret_lapsed").count() == 2
    check_invariants()


def test_a_suspended_client_reveals_nothing_but_can_revoke(partner, reviewer):
    registration = approved(partner, reviewer)
    client.suspend(registration.uuid, by=reviewer, reason="It was sold.")
    with pytest.raises(Conflict):
        reveal_of(registration, sealed(registration), partner)
    with pytest.raises(Conflict):
        secrets.rotate(registration.uuid, by=partner, grace="now", signed_in_at=timezone.now())
    secrets.revoke(registration.uuid, sealed(registration).uuid, by=partner, confirmed="Example Client")
    assert again(registration).secrets.get().status == "revoked"


def test_a_plain_secret_shows_itself_nowhere_but_where_it_is_asked(partner, reviewer):
    registration = approved(partner, reviewer)
    shown = reveal_of(registration, sealed(registration), partner)
    text = shown.secret.text()
    assert text not in repr(shown) + str(shown.secret) + f"{shown.secret!r}{shown.secret}"
    with pytest.raises(TypeError):
        pickle.dumps(shown.secret)


def test_secrets_are_never_made_twice():
    made = {client_secrets.make(secret_uuid=uuid4(), client_id=uuid4()).verifier for _ in range(100)}
    assert len(made) == 100
