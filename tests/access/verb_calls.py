"""Each verb of the tables in docs/verbs.md, called on a registration in any state."""

from django.utils import timezone

from registrations.models import Comment
from registrations.workflow import (
    assignment,
    checklist,
    client,
    comments,
    contacts,
    drafting,
    organisation_notes,
    pkce,
    promoting,
    review,
    review_drafts,
    scopes,
    secrets,
    snoozing,
)
from tests.support.just_signed_in import approve
from tests.support.registrations import again, example_values, in_days, reveal
from tests.support.scenes import ITEM, SNOOZE, accept


class NothingError(Exception):
    """There is no object that the verb could be about."""


def given(found):
    if found is None:
        raise NothingError
    return found


def secret_of(scene):
    return given(scene.newest(scene.registration.secrets))


def exception_of(scene):
    """The one in force; where none is, any."""
    rows = scene.registration.pkce_exceptions
    return given(scene.newest(rows.filter(status="in_force")) or scene.newest(rows))


def thread_of(scene, **which):
    return given(scene.newest(scene.registration.threads.filter(**which)))


def comment_of(scene):
    return given(scene.newest(Comment.objects.filter(thread__registration=scene.registration, by_desk=True)))


def contact_of(scene):
    return given(scene.newest(scene.registration.organisation.contacts))


def rotate(scene, by, who):
    """Of a secret that was revealed, where the client still lives: else one lies sealed."""
    if again(scene.registration).status == "active":
        reveal(scene.registration, who.admin)
    return secrets.rotate(scene.uuid, by=by, grace="now", signed_in_at=timezone.now())


def decide(verb):
    return lambda scene, by, who: verb(scene.uuid, by=by, seen_version=scene.number, note="Name the product.")


def save(scene, by, who):
    typed = example_values(contacts=["third@client.example"])
    return drafting.save(scene.uuid, by=by, draft_version=scene.draft_version, data=typed, logo=None)


def now():
    return timezone.now()


PLAIN_VERBS = {
    "drafting.save": save,
    "drafting.discard": lambda scene, by, who: drafting.discard(scene.uuid, by=by),
    "drafting.submit": lambda scene, by, who: drafting.submit(scene.uuid, by=by),
    "drafting.withdraw": lambda scene, by, who: drafting.withdraw(scene.uuid, by=by),
    "promoting.promote": lambda scene, by, who: promoting.promote(scene.uuid, by=by),
    "review.approve": decide(approve),
    "review.request_changes": decide(review.request_changes),
    "review.reject": decide(review.reject),
    "assignment.claim": lambda scene, by, who: assignment.claim(scene.uuid, by=by),
    "checklist.tick": lambda scene, by, who: checklist.tick(
        scene.uuid, by=by, seen_version=scene.number, item=ITEM
    ),
    "comments.comment": lambda scene, by, who: comments.comment(
        scene.uuid, by=by, seen_version=scene.number, text="Which product?"
    ),
    "comments.message": lambda scene, by, who: comments.message(scene.uuid, by=by, text="We launch in May."),
    "comments.note": lambda scene, by, who: comments.note(scene.uuid, by=by, text="Called them."),
    "contacts.send_again": lambda scene, by, who: contacts.send_again(scene.uuid, contact_of(scene), by=by),
    "organisation_notes.write": lambda scene, by, who: organisation_notes.write(
        scene.registration.organisation.uuid, by=by, text="Called them."
    ),
    "snoozing.snooze": lambda scene, by, who: snoozing.snooze(
        scene.uuid, by=by, seen_version=scene.number, **SNOOZE
    ),
    "review_drafts.keep": lambda scene, by, who: review_drafts.keep(
        scene.uuid, by=by, seen_version=1, seen_draft=0, texts={"note": "Not yet."}, choices={}
    ),
    "review_drafts.use": lambda scene, by, who: review_drafts.use(
        scene.uuid, by=by, seen_version=1, texts={"note": "Not yet."}
    ),
    "secrets.reveal": lambda scene, by, who: secrets.reveal(
        scene.uuid, secret_of(scene), by=by, signed_in_at=now()
    ),
    "secrets.rotate": rotate,
    "secrets.revoke": lambda scene, by, who: secrets.revoke(scene.uuid, secret_of(scene), by=by),
    "secrets.replace_leaked": lambda scene, by, who: secrets.replace_leaked(
        scene.uuid, secret_of(scene), by=by
    ),
    "secrets.revoke_at_desk": lambda scene, by, who: secrets.revoke_at_desk(
        scene.uuid, secret_of(scene), by=by, reason="We found it in a public repository."
    ),
    "client.suspend": lambda scene, by, who: client.suspend(scene.uuid, by=by, reason="A leak."),
    "client.restrict": lambda scene, by, who: client.restrict(scene.uuid, by=by, scope=["users:write"]),
    "client.reinstate": lambda scene, by, who: client.reinstate(
        scene.uuid, by=by, signed_in_at=timezone.now()
    ),
    "client.close": lambda scene, by, who: client.close(scene.uuid, by=by),
    "client.close_as_staff": lambda scene, by, who: client.close_as_staff(
        scene.uuid, by=by, reason="Spam.", signed_in_at=timezone.now()
    ),
}
BUSY_VERBS = {
    "review.override": lambda scene, by, who: accept(scene.registration, by, scene.number),
    "scopes.confirm_scopes": lambda scene, by, who: scopes.confirm_scopes(
        scene.uuid, by=by, seen_version=scene.number
    ),
    "pkce.grant": lambda scene, by, who: pkce.grant(
        scene.uuid, by=by, seen_version=scene.number, expires_on=in_days(30), signed_in_at=timezone.now()
    ),
    "pkce.refuse": lambda scene, by, who: pkce.refuse(
        scene.uuid, by=by, seen_version=scene.number, note="Use a current library."
    ),
    "pkce.revoke": lambda scene, by, who: pkce.revoke(
        scene.uuid, exception_of(scene), by=by, reason="A leak."
    ),
    "assignment.reassign": lambda scene, by, who: assignment.reassign(scene.uuid, by=by, to=who.approver),
    "assignment.release": lambda scene, by, who: assignment.release(scene.uuid, by=by),
    "snoozing.wake": lambda scene, by, who: snoozing.wake(scene.uuid, by=by),
    "checklist.untick": lambda scene, by, who: checklist.untick(
        scene.uuid, by=by, seen_version=scene.number, item=ITEM
    ),
    "comments.reply": lambda scene, by, who: comments.reply(
        scene.uuid, thread_of(scene, resolved_at=None), by=by, seen_version=scene.number, text="And?"
    ),
    "comments.take_back": lambda scene, by, who: comments.take_back(scene.uuid, comment_of(scene), by=by),
    "comments.resolve": lambda scene, by, who: comments.resolve(
        scene.uuid, thread_of(scene, resolved_at=None), by=by
    ),
    "comments.reopen": lambda scene, by, who: comments.reopen(
        scene.uuid, thread_of(scene, resolved_at__isnull=False), by=by
    ),
}
