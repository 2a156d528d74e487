"""The demo people and registrations."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.accounts.models import Membership, User
from registrations import demo
from registrations.models import ClientSecret, PkceException, Registration, Revision
from registrations.queries.turnaround import usual_wait
from tests.support.invariants import check_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture
def developers_machine(settings):
    settings.DEBUG = True


def seed(**options):
    call_command("seed_demo", **options)


def test_demo_is_refused_outside_debug():
    with pytest.raises(CommandError, match="DEBUG"):
        seed()
    assert not User.objects.exists()


def test_all_five_people_can_sign_in(developers_machine, client):
    seed()
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 5
    for account in demo.ACCOUNTS:
        assert client.login(email=account.email, password="demo-password")


def test_people_have_their_places(developers_machine):
    seed()
    places = Membership.objects.values_list("user__email", "organisation__name", "role")
    assert set(places) == {
        ("partner@client.example", "Client Ltd", "admin"),
        ("colleague@client.example", "Client Ltd", "developer"),
        ("stranger@other.example", "Other Inc", "admin"),
    }
    assert User.objects.get(email="reviewer@portal.example").has_perm("registrations.review_registration")
    assert not User.objects.get(email="reviewer@portal.example").has_perm(
        "registrations.decide_pkceexception"
    )
    assert User.objects.get(email="lead@portal.example").is_superuser


def test_every_state_is_there(developers_machine):
    seed()
    assert set(Registration.objects.values_list("status", flat=True)) == {
        "pending",
        "active",
        "suspended",
        "closed",
    }
    assert set(Revision.objects.values_list("status", flat=True)) == {
        "under_review",
        "approved",
        "sent_back",
        "rejected",
        "withdrawn",
    }
    assert set(ClientSecret.objects.values_list("status", flat=True)) == {"sealed", "active", "lapsed"}
    assert set(PkceException.objects.values_list("status", flat=True)) == {"requested", "in_force"}
    assert Registration.objects.filter(revisions__isnull=True, status="pending").count() == 3
    check_invariants()


def test_the_desk_finds_each_kind_of_question(developers_machine):
    seed()
    waiting = Revision.objects.filter(status="under_review")
    assert [one.client_name for one in waiting if one.review_asked] == ["Pleo Museum Shop"]
    assert waiting.get(requested_scopes__scope__tier="restricted").client_name == "Supplier Sync"
    assert waiting.get(pkce_exception__status="requested").client_name == "Hotel Desk"


def test_the_past_of_the_demo_spreads_over_weeks(developers_machine):
    seed()
    decided = Revision.objects.filter(decided_at__isnull=False)
    assert len({one.decided_at.date() for one in decided}) > 5
    assert all(one.submitted_at < one.decided_at <= timezone.now() for one in decided)
    assert usual_wait(timezone.now()) > timedelta(hours=8)
    assert timezone.now() - Registration.objects.earliest("created_at").created_at > timedelta(weeks=8)


def test_one_request_is_late_and_the_others_are_not(developers_machine):
    seed()
    waiting = Revision.objects.filter(status="under_review")
    assert [one.client_name for one in waiting if one.is_late] == ["Hotel Desk"]
    assert len(waiting) > 4


def test_secrets_that_wait_can_still_be_revealed(developers_machine):
    seed()
    sealed = ClientSecret.objects.filter(status="sealed")
    assert min(one.reveal_until for one in sealed) > timezone.now() + timedelta(days=1)


def test_second_seed_changes_nothing(developers_machine):
    seed()
    before = Registration.objects.count(), User.objects.count()
    seed()
    assert (Registration.objects.count(), User.objects.count()) == before


def test_what_somebody_did_with_the_demo_stays(developers_machine):
    seed()
    Registration.objects.filter(status="closed").delete()
    before = Registration.objects.count()
    seed()
    assert Registration.objects.count() == before


def test_database_in_use_gets_no_demo(developers_machine, capsys):
    User.objects.create_user("somebody@client.example")
    seed(if_empty=True)
    assert User.objects.count() == 1
    assert "demo-password" not in capsys.readouterr().out


def test_accounts_are_printed(developers_machine, capsys):
    seed()
    printed = capsys.readouterr().out
    assert all(account.email in printed for account in demo.ACCOUNTS)
    assert "demo-password" in printed
