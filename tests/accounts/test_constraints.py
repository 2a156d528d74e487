"""The database has the last word on who belongs where: each constraint refuses what it is named after."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from portal.accounts.models import (
    FormerName,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    PastMembership,
    Role,
    StaffRequest,
)
from tests.support import people
from tests.support.people import home

pytestmark = pytest.mark.django_db

NOW = timezone.now()
MODELS = (Invitation, JoinRequest, PastMembership, StaffRequest, FormerName, Organisation)


@pytest.fixture
def rows():
    """A valid row of each kind; their creation is the other half of the proof."""
    admin, lead, second = people.partner(), people.lead(), people.lead("second@portal.example")
    place, clerk = home(admin), people.person("clerk@portal.example", is_staff=True)
    asks = {"organisation": place, "requested_by": lead}
    return {
        "second": second,
        "clerk": clerk,
        Organisation: place,
        Membership: Membership.objects.get(),
        Invitation: Invitation.objects.create(
            organisation=place, address="a@b.example", role="viewer", expires_at=NOW + timedelta(days=7)
        ),
        JoinRequest: JoinRequest.objects.create(organisation=place, person=clerk),
        PastMembership: PastMembership.objects.create(
            organisation=place, person=clerk, role="viewer", joined_at=NOW - timedelta(days=1)
        ),
        StaffRequest: StaffRequest.objects.create(kind="admin", address="a@b.example", **asks),
        FormerName: FormerName.objects.create(organisation=place, name="Former Ltd"),
    }


CHANGES = [
    ("invitation_role_known", Invitation, {"role": "owner"}),
    ("invitation_status_known", Invitation, {"status": "lost", "ended_at": NOW}),
    ("invitation_in_lower_case", Invitation, {"address": "A@b.example"}),
    ("invitation_open_until_it_ended", Invitation, {"ended_at": NOW}),
    ("invitation_open_until_it_ended", Invitation, {"status": "accepted"}),
    ("join_request_status_known", JoinRequest, {"status": "lost", "decided_at": NOW}),
    ("join_request_open_until_decided", JoinRequest, {"decided_at": NOW}),
    ("join_request_open_until_decided", JoinRequest, {"status": "accepted"}),
    ("past_membership_role_known", PastMembership, {"role": "owner"}),
    ("past_membership_ended_after_it_began", PastMembership, {"ended_at": NOW - timedelta(days=2)}),
    ("staff_request_names_what_it_is_about", StaffRequest, {"address": ""}),
    ("staff_request_names_what_it_is_about", StaffRequest, {"kind": "superuser"}),
    ("staff_request_in_lower_case", StaffRequest, {"address": "A@b.example"}),
    ("staff_request_confirmed_by_somebody", StaffRequest, {"status": "confirmed", "ended_at": NOW}),
    ("staff_request_confirmed_by_somebody", StaffRequest, {"status": "withdrawn"}),
    ("former_name_is_one", FormerName, {"name": ""}),
    ("organisation_has_name", Organisation, {"name": ""}),
    ("organisation_closed_after_it_began", Organisation, {"closed_at": NOW - timedelta(days=1)}),
]


@pytest.mark.parametrize(("name", "model", "change"), CHANGES)
def test_a_row_that_says_two_things_is_refused(rows, name, model, change):
    with pytest.raises(IntegrityError, match=name):
        model.objects.filter(pk=rows[model].pk).update(**change)


def test_only_an_accepted_invitation_has_who_accepted_it(rows):
    with pytest.raises(IntegrityError, match="invitation_accepted_by_one"):
        Invitation.objects.update(accepted_by=rows["clerk"])


def test_nobody_confirms_their_own_request(rows):
    own = {"status": "confirmed", "confirmed_by": rows[StaffRequest].requested_by, "ended_at": NOW}
    with pytest.raises(IntegrityError, match="staff_request_takes_two_people"):
        StaffRequest.objects.update(**own)


TWICE = [
    ("invitation_open_once", Invitation),
    ("join_request_once", JoinRequest),
    ("staff_request_open_once_an_organisation", StaffRequest),
]


@pytest.mark.parametrize(("name", "model"), TWICE)
def test_what_is_open_is_there_once(rows, name, model):
    copy = model.objects.get(pk=rows[model].pk)
    copy.pk, copy._state.adding = None, True
    copy.uuid = type(copy.uuid)(int=7)
    with pytest.raises(IntegrityError, match=f"{name}|UNIQUE"):
        copy.save()


def test_superuser_rights_are_asked_for_once(rows):
    asks = {"kind": "superuser", "person": rows["clerk"], "requested_by": rows["second"]}
    StaffRequest.objects.create(**asks)
    with pytest.raises(IntegrityError, match="staff_request_open_once_a_person|UNIQUE"):
        StaffRequest.objects.create(**asks)


def test_a_person_belongs_to_one_organisation(rows):
    second, person = people.organisation("Second"), rows[Membership].user
    with pytest.raises(IntegrityError, match="membership_one_a_person|UNIQUE"):
        Membership.objects.create(user=person, organisation=second, role=Role.VIEWER)


def test_every_constraint_is_shown_to_refuse():
    shown = {name for name, *_ in (*CHANGES, *TWICE)} | {
        "invitation_accepted_by_one",
        "staff_request_takes_two_people",
        "staff_request_open_once_a_person",
    }
    assert shown == {constraint.name for model in MODELS for constraint in model._meta.constraints}
