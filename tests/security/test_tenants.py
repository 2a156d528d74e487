"""To another organisation, what is not theirs does not exist."""

from uuid import uuid4

import pytest
from django.core import signing
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from portal.accounts.invitations import invite
from portal.accounts.models import Invitation, JoinRequest, Membership
from portal.epochs.models import Epoch
from portal.outbox.models import OutboxMessage
from registrations.models import ContactConfirmation, Draft, Registration
from tests.support import people
from tests.support.forms import example_posted
from tests.support.pages import words
from tests.support.people import home, sign_in
from tests.support.registrations import a_draft, approved, submitted

PUBLIC = {
    "logo": "content-addressed and on consent screens: whoever has the digest has the picture",
    "contact": "for whoever has the link that was sent to the address, and nobody can guess a token",
}
OURS = ("registrations:", "organisation")


def names_with_ids(resolver=None, prefix=""):
    """Every address of the partner's that takes an id, from the site itself."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names_with_ids(pattern, f"{pattern.namespace}:" if pattern.namespace else prefix)
        elif f"{prefix}{pattern.name}".startswith(OURS) and pattern.pattern.converters:
            yield f"{prefix}{pattern.name}", tuple(pattern.pattern.converters)


ADDRESSES = [
    (name, ids) for name, ids in names_with_ids() if name.removeprefix("registrations:") not in PUBLIC
]


def test_the_sweep_meets_every_address_that_takes_an_id():
    assert {name for name, _ in ADDRESSES} >= {
        "registrations:detail",
        "registrations:edit",
        "registrations:reveal",
        "registrations:send_again",
        "registrations:submit",
        "organisation_member_remove",
    }


def invitation_of(partner):
    given = {"by": partner, "signed_in_at": timezone.now()}
    return invite(home(partner).uuid, "new@client.example", "admin", **given)


def request_of(partner):
    founder = people.person("founder@client.example")
    return JoinRequest.objects.create(organisation=home(partner), person=founder)


def everything_of(partner, reviewer):
    """What a stranger might name: registrations in each state, a secret, a membership, an invitation."""
    live = approved(partner, reviewer)
    membership = Membership.objects.get(user=partner)
    others = {
        "secret_uuid": live.secrets.get().uuid,
        "organisation_uuid": home(partner).uuid,
        "invitation_uuid": invitation_of(partner).uuid,
        "request_uuid": request_of(partner).uuid,
        "contact_uuid": ContactConfirmation.objects.get().uuid,
        "pk": membership.pk,
    }
    return [
        {"uuid": registration.uuid, **others} for registration in (live, a_draft(partner), submitted(partner))
    ]


NOTHING = {
    "uuid": uuid4(),
    "secret_uuid": uuid4(),
    "organisation_uuid": uuid4(),
    "invitation_uuid": uuid4(),
    "request_uuid": uuid4(),
    "contact_uuid": uuid4(),
    "pk": 987654321,
}
BODY = example_posted(1) | {"grace": "now", "draft_version": 1}


def snapshot():
    return (
        list(Registration.objects.order_by("pk").values()),
        list(Draft.objects.order_by("pk").values("pk", "version", "data")),
        list(Membership.objects.order_by("pk").values()),
        list(Invitation.objects.order_by("pk").values("address", "role", "status")),
        list(JoinRequest.objects.order_by("pk").values("status")),
    )


def without(ids, text):
    """A page may lead back by the id that was asked for: the asker has it already."""
    for name in ids.keys() - {"pk"}:
        text = text.replace(str(ids[name]), "…")
    return text


def headers(answer):
    return {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "delete"])
@pytest.mark.parametrize(("name", "ids"), ADDRESSES, ids=[name for name, _ in ADDRESSES])
def test_a_foreign_id_is_answered_as_one_that_does_not_exist(partner, reviewer, stranger, name, ids, method):
    things = everything_of(partner, reviewer)
    client = sign_in(Client(), stranger)
    send = getattr(client, method)
    body = {"data": BODY} if method == "post" else {}
    nowhere = {one: NOTHING[one] for one in ids}
    nothing = send(reverse(name, kwargs=nowhere), **body)
    before = snapshot()
    for thing in things:
        there = {one: thing[one] for one in ids}
        answer = send(reverse(name, kwargs=there), **body)
        assert answer.status_code == nothing.status_code
        assert answer.status_code in (404, 405)
        assert without(there, words(answer)) == without(nowhere, words(nothing))
        assert headers(answer) == headers(nothing)
    after = [{**row, "version": 0} for row in snapshot()[0]], *snapshot()[1:]
    assert after == ([{**row, "version": 0} for row in before[0]], *before[1:])


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_token_of_a_contact_that_is_forged_or_old_is_answered_as_one_that_names_nobody(
    partner, stranger, method
):
    submitted(partner)
    contact = ContactConfirmation.objects.get()
    real = contact.token
    forged = [str(contact.uuid), signing.dumps(str(contact.uuid)), real[:-4] + "AAAA", real.lower()]
    Epoch.objects.create()
    client = sign_in(Client(), stranger)

    def ask(token):
        return getattr(client, method)(reverse("registrations:contact", args=[token]), {"answer": "not_me"})

    nobody = signing.dumps(str(uuid4()), salt=f"registrations.contact{Epoch.objects.current()}")
    nothing = ask(nobody)
    for token in [*forged, real]:
        answer = ask(token)
        assert answer.status_code == nothing.status_code == 404
        assert words(answer).replace(token, "…") == words(nothing).replace(nobody, "…")
        assert headers(answer) == headers(nothing)
    contact.refresh_from_db()
    assert contact.status == "unconfirmed"


@pytest.mark.parametrize("role", ["reviewer", "lead"])
def test_staff_are_strangers_on_the_partners_pages(partner, role):
    person = getattr(people, role)()
    registration = a_draft(partner)
    client = sign_in(Client(), person)
    for page in ("", "edit/", "check/", "credentials/"):
        assert client.get(f"/registrations/{registration.uuid}/{page}").status_code == 404


def test_a_foreign_organisation_in_the_body_is_not_found(partner, stranger):
    client = sign_in(Client(), stranger)
    body = example_posted() | {"organisation": str(home(partner).uuid)}
    answer = client.post("/registrations/new/", body)
    assert not Registration.objects.filter(organisation=home(partner)).exists()
    assert answer.status_code in (302, 404)


def test_the_list_shows_only_ones_own(partner, stranger, reviewer):
    approved(partner, reviewer, client_name="Hidden Treasure")
    page = sign_in(Client(), stranger).get("/registrations/")
    assert "Hidden Treasure" not in page.text


def test_a_foreign_secret_in_ones_own_registration_is_not_found(partner, stranger, reviewer):
    foreign, own = approved(partner, reviewer), approved(stranger, reviewer)
    client = sign_in(Client(), stranger)
    for verb in ("reveal", "revoke"):
        address = f"/registrations/{own.uuid}/secrets/{foreign.secrets.get().uuid}/{verb}/"
        assert client.post(address).status_code == 404
    assert foreign.secrets.get().status == own.secrets.get().status == "sealed"


def test_a_foreign_contact_in_ones_own_registration_is_not_found(partner, stranger):
    submitted(partner)
    own = submitted(stranger, client_name="Other Client", contacts=["own@other.example"])
    client = sign_in(Client(), stranger)
    foreign, emails = (
        ContactConfirmation.objects.get(organisation=home(partner)),
        OutboxMessage.objects.count(),
    )
    assert client.post(f"/registrations/{own.uuid}/contacts/{foreign.uuid}/send-again/").status_code == 404
    assert OutboxMessage.objects.count() == emails


def test_a_removed_member_is_a_stranger_with_the_next_request(partner):
    leaver = people.colleague(home(partner))
    registration = a_draft(partner)
    client = sign_in(Client(), leaver)
    assert client.get(f"/registrations/{registration.uuid}/").status_code == 200
    Membership.objects.filter(user=leaver).delete()
    assert client.get(f"/registrations/{registration.uuid}/").status_code != 200
    assert client.post(f"/registrations/{registration.uuid}/submit/", {}).status_code != 200
    assert not registration.revisions.exists()


def test_a_deactivated_member_is_signed_out_with_the_next_request(partner):
    registration = a_draft(partner)
    client = sign_in(Client(), partner)
    type(partner).objects.filter(pk=partner.pk).update(is_active=False)
    answer = client.get(f"/registrations/{registration.uuid}/")
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")
