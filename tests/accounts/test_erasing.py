"""Erasing a person: what goes, what stays, and who may."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from portal.accounts import erasure_requests
from portal.accounts.invitations import invite
from portal.accounts.models import (
    ErasureRequest,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    PastMembership,
    StaffRequest,
    User,
)
from portal.accounts.recent_sign_in import ReauthenticationNeeded
from portal.accounts.traces import Whom, every_trace
from portal.audit.models import Event
from portal.outbox.models import Delivery, OutboxMessage
from portal.refusals import Conflict, NotAllowed, NotFound
from portal.sessions.models import StoredSession
from registrations.models import (
    Comment,
    ContactConfirmation,
    DeskNote,
    EmailChoice,
    Mention,
    ReviewDraft,
    Revision,
)
from registrations.workflow import comments, review_drafts, submission_emails
from tests.accounts.mailing import deliver
from tests.support import people
from tests.support.people import home, lead, sign_in
from tests.support.registrations import submitted
from tests.support.second_factor import app_of

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/admin/accounts/staffrequest/"
NORA = "nora.newname@client.example"


def now():
    return {"signed_in_at": timezone.now()}


@pytest.fixture
def admin():
    return people.partner()


@pytest.fixture
def nora(admin):
    """A developer beside an admin."""
    user = people.colleague(home(admin), NORA)
    user.full_name = "Nora Newname"
    user.save()
    return user


def erased(email=NORA, **options):
    """What the command says about it, line by line."""
    said = StringIO()
    call_command("erase_person", email, stdout=said, **options)
    return said.getvalue().splitlines()


def is_erased(user):
    user.refresh_from_db()
    return (user.full_name, user.email) == ("Deleted account", user.erased_address) and not user.is_active


# --- The command -------------------------------------------------------------------------------


def test_an_account_is_erased_and_a_second_run_finds_nothing(nora):
    sign_in(Client(), nora)
    said = erased(" Nora.Newname@client.example ")
    assert {"Erased: accounts: 1", "Erased: sessions: 1", "Erased: email addresses: 1"} <= set(said)
    assert is_erased(nora)
    assert not StoredSession.objects.exists()
    assert not nora.memberships.exists()
    assert PastMembership.objects.get().person == nora
    assert Event.objects.get(verb="person_erased").stream == nora.pseudonym
    assert "There is nothing to erase." in erased()
    assert Event.objects.filter(verb="person_erased").count() == 1


def test_a_dry_run_says_what_there_is_and_changes_nothing(nora):
    said = erased(dry_run=True)
    assert {"To erase: accounts: 1", "To erase: email addresses: 1"} <= set(said)
    nora.refresh_from_db()
    assert (nora.email, nora.is_active) == (NORA, True)
    assert not Event.objects.filter(verb="person_erased").exists()


def test_the_command_names_where_the_address_still_is(nora):
    submitted(nora, contacts=[NORA])
    said = erased()
    assert "Erased: confirmations of the address as a contact: 1" in said
    assert "Stays: registrations.Revision.contacts: 1" in said
    assert Revision.objects.get().contacts == [NORA]
    assert not ContactConfirmation.objects.filter(address=NORA).exists()


def test_an_address_without_an_account_is_erased_too(admin):
    invite(home(admin).uuid, "new@other.example", "viewer", by=admin, **now())
    said = erased("new@other.example")
    assert "Erased: invitations for the address: 1" in said
    assert not Invitation.objects.exists()
    (event,) = Event.objects.filter(verb="person_erased")
    assert "other.example" not in str(event.detail)
    assert "There is nothing to erase." in erased("new@other.example")


def test_the_last_admin_hands_over_first(admin):
    with pytest.raises(CommandError, match="They are the last admin of Client Ltd"):
        erased(admin.email)
    assert not is_erased(admin)
    people.member(home(admin), "second@client.example", "admin")
    erased(admin.email)
    assert is_erased(admin)


def test_the_last_superuser_stays():
    only = lead()
    with pytest.raises(CommandError, match="Nobody else who can sign in is a superuser"):
        erased(only.email)
    lead("second@portal.example")
    erased(only.email)
    assert is_erased(only)
    assert not only.is_superuser


# --- What goes ---------------------------------------------------------------------------------


def test_everything_that_says_who_it_is_goes(nora, admin):
    app_of(nora)
    SocialAccount.objects.create(user=nora, provider="x", uid="1", extra_data={"email": NORA})
    LogEntry.objects.create(user=nora, action_flag=CHANGE, object_repr="x", change_message="")
    JoinRequest.objects.create(organisation=people.organisation("Other"), person=nora)
    invite(home(admin).uuid, "new@other.example", "viewer", by=admin, **now())
    Invitation.objects.update(invited_by=nora)
    asked = StaffRequest.objects.create(
        kind="admin", organisation=home(admin), address=NORA, requested_by=lead()
    )
    submitted(nora)
    call_command("worker", once=True)
    assert Delivery.objects.filter(recipient=nora).exists()
    erased()
    for model in (Authenticator, SocialAccount, LogEntry, JoinRequest):
        assert not model.objects.exists()
    assert not EmailAddress.objects.filter(email=NORA).exists()
    assert not Delivery.objects.filter(recipient=nora).exists()
    assert Invitation.objects.get().invited_by is None
    asked.refresh_from_db()
    assert asked.address == "erased@deleted.invalid"


def test_what_a_reviewer_left_behind_goes(admin):
    reviewer = people.reviewer()
    waiting = submitted(admin).uuid
    note = comments.note(waiting, by=people.head(), text="See this.", tell=[reviewer])
    submission_emails.choose("each", by=reviewer)
    review_drafts.keep(waiting, by=reviewer, seen_version=1, seen_draft=0, texts={"note": "x"}, choices={})
    erased(reviewer.email)
    for model in (Mention, EmailChoice, ReviewDraft):
        assert not model.objects.exists()
    assert DeskNote.objects.get(pk=note.pk).text == "See this."


def test_name_and_address_go_from_own_texts_and_stay_in_those_of_others(nora, admin):
    reviewer = people.reviewer()
    waiting = submitted(admin).uuid
    comments.message(waiting, by=nora, text=f"Write to {NORA}. Regards, nora newname")
    comments.note(waiting, by=reviewer, text="Nora Newname wrote.")
    said = erased()
    assert Comment.objects.get().text == "Write to Deleted account. Regards, Deleted account"
    assert Comment.objects.get().author == nora
    assert DeskNote.objects.get().text == "Nora Newname wrote."
    assert "Stays: registrations.DeskNote.text: 1" in said


REFERS_BY_PSEUDONYM = {
    "accounts.ErasureRequest",
    "accounts.FormerName",
    "accounts.Invitation",
    "accounts.Membership",
    "accounts.PastMembership",
    "accounts.StaffRequest",
    "accounts.User_groups",
    "accounts.User_user_permissions",
    "registrations.ApiToken",
    "registrations.ChecklistTick",
    "registrations.ClientSecret",
    "registrations.CorrectedDecision",
    "registrations.Draft",
    "registrations.Override",
    "registrations.PkceException",
    "registrations.Registration",
    "registrations.Revision",
    "registrations.ScopeConfirmation",
    "registrations.Suspension",
    "registrations.Thread",
}
"""Tables that keep what somebody did; their rows say no more of it than the key of the account."""


def test_each_table_about_people_is_erased_or_known_to_stay():
    traced = {trace.rows(Whom("x")).model._meta.label for trace in every_trace()}
    about = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is User and not field.many_to_many
    }
    assert about - traced <= REFERS_BY_PSEUDONYM


# --- Two superusers ----------------------------------------------------------------------------


@pytest.fixture
def first():
    return lead()


@pytest.fixture
def second():
    return lead("second@portal.example")


def test_two_superusers_erase_somebody(nora, admin, first, second):
    browser = sign_in(Client(), first)
    assert browser.post(f"{PAGE}erase/", {"person": NORA}).status_code == 302
    [request] = deliver()
    assert (request.to, NORA in request.body) == ([second.email], True)
    asked = ErasureRequest.objects.get()
    confirm = f"{PAGE}erase/{asked.uuid}/confirm/"
    assert confirm not in browser.get(PAGE).text
    other = sign_in(Client(), second)
    assert confirm in other.get(PAGE).text
    assert other.post(confirm).status_code == 302
    assert is_erased(nora)
    emails = {email.to[0]: email.subject for email in deliver()}
    assert emails == {
        NORA: "Your account is deleted",
        admin.email: "A colleague deleted their account",
        first.email: "An account is erased",
        second.email: "An account is erased",
    }
    assert Event.objects.get(verb="person_erased").actor == str(second.pseudonym)


def test_an_address_that_nobody_has_is_refused_beside_its_field(first):
    answer = sign_in(Client(), first).post(f"{PAGE}erase/", {"person": "nobody@other.example"})
    assert answer.status_code == 422
    assert "No account has this address." in answer.text


def test_nobody_erases_alone_or_confirms_about_themselves(nora, first, second):
    with pytest.raises(NotAllowed):
        erasure_requests.ask(first, by=first, **now())
    asked = erasure_requests.ask(nora, by=first, **now())
    with pytest.raises(NotAllowed):
        erasure_requests.confirm(asked.uuid, by=first, **now())
    about = erasure_requests.ask(second, by=first, **now())
    with pytest.raises(NotAllowed):
        erasure_requests.confirm(about.uuid, by=second, **now())
    assert not is_erased(nora)


def test_only_superusers_who_proved_who_they_are(nora, first, second):
    with pytest.raises(NotAllowed):
        erasure_requests.ask(nora, by=people.head(), **now())
    for verb, about in ((erasure_requests.ask, nora),):
        with pytest.raises(ReauthenticationNeeded):
            verb(about, by=first, signed_in_at=None)
    asked = erasure_requests.ask(nora, by=first, **now())
    with pytest.raises(ReauthenticationNeeded):
        erasure_requests.confirm(asked.uuid, by=second, signed_in_at=None)
    with pytest.raises(NotFound):
        erasure_requests.confirm(nora.pseudonym, by=second, **now())


def test_it_is_asked_for_once_and_ends_once(nora, first, second):
    asked = erasure_requests.ask(nora, by=first, **now())
    with pytest.raises(Conflict):
        erasure_requests.ask(nora, by=second, **now())
    erasure_requests.withdraw(asked.uuid, by=second)
    with pytest.raises(Conflict):
        erasure_requests.confirm(asked.uuid, by=second, **now())
    assert not is_erased(nora)


def test_an_erased_account_is_not_erased_again(nora, first):
    erased()
    with pytest.raises(Conflict):
        erasure_requests.ask(nora, by=first, **now())


def test_whoever_is_the_last_admin_by_then_is_not_erased(admin, first, second):
    asked = erasure_requests.ask(admin, by=first, **now())
    with pytest.raises(Conflict, match="last admin"):
        erasure_requests.confirm(asked.uuid, by=second, **now())
    assert ErasureRequest.objects.get().status == "open"
    assert Membership.objects.filter(user=admin).exists()
    assert Organisation.objects.get(pk=home(admin).pk).closed_at is None


# --- The account page --------------------------------------------------------------------------


def test_deleting_ones_account_erases_the_same(nora):
    app_of(nora)
    submitted(nora)
    call_command("worker", once=True)
    sign_in(Client(), nora).post("/accounts/delete/")
    assert is_erased(nora)
    assert not Authenticator.objects.exists()
    assert not Delivery.objects.filter(recipient=nora).exists()
    assert OutboxMessage.objects.filter(kind="account_deleted").count() == 1
