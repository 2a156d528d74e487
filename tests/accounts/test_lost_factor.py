"""A lost second factor: who may take it off, how long that takes, and who hears of it."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import Event
from portal.lost_factors import resetting
from portal.lost_factors.emails import EMAILS
from portal.lost_factors.models import FactorReset
from portal.outbox.worker import run_once
from portal.refusals import Conflict, NotFound
from tests.support import people
from tests.support.people import PASSWORD, sign_in
from tests.support.second_factor import app_of

pytestmark = pytest.mark.django_db
PAGE = "/accounts/lost-factors/"
REASON = "We spoke on the phone."


def reported(person):
    """The person's request, made on the page between password and second factor."""
    app_of(person)
    browser = Client()
    browser.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert browser.post(f"{PAGE}report/").status_code == 200
    return FactorReset.objects.get(user=person)


def agree(asked, by):
    return resetting.agree(asked.uuid, by=by, reason=REASON, signed_in_at=timezone.now())


def heard(mailoutbox):
    """Who got an email in this round of the worker."""
    before = len(mailoutbox)
    run_once(EMAILS, [])
    return sorted(email.to[0] for email in mailoutbox[before:])


def has_factor(person):
    return Authenticator.objects.filter(user=person).exists()


def test_only_who_typed_the_password_can_report(client, partner):
    assert client.post(f"{PAGE}report/").url == "/accounts/login/"
    assert sign_in(client, partner).post(f"{PAGE}report/").status_code == 302
    assert not FactorReset.objects.exists()


def test_an_admin_of_the_organisation_takes_it_off_a_colleague(client, mailoutbox, partner, colleague):
    asked = reported(colleague)
    assert heard(mailoutbox) == sorted([partner.email, colleague.email])
    other = sign_in(Client(), colleague)
    page = sign_in(client, partner).get(PAGE).content.decode()
    assert colleague.email in page
    assert client.post(f"{PAGE}{asked.uuid}/agree/", {f"{asked.uuid}-reason": REASON}).url == PAGE
    assert not has_factor(colleague)
    assert other.get("/accounts/email/").status_code == 302
    assert heard(mailoutbox) == sorted([partner.email, colleague.email])
    names = list(Event.objects.filter(stream=colleague.pseudonym).values_list("verb", "actor"))
    assert ("factor_lost", str(colleague.pseudonym)) in names
    assert ("factor_reset", str(partner.pseudonym)) in names
    assert REASON not in str(list(Event.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize("reason", ["", "   ", "\u200b", "x" * 501])
def test_a_reason_is_needed_and_what_was_typed_is_kept(client, partner, colleague, reason):
    asked = reported(colleague)
    sign_in(client, partner)
    page = client.post(f"{PAGE}{asked.uuid}/agree/", {f"{asked.uuid}-reason": reason})
    assert page.status_code == 422
    assert has_factor(colleague)


def test_who_may_not_decide_finds_nothing(partner, colleague, viewer, stranger, reviewer, lead):
    asked = reported(colleague)
    for by in (viewer, stranger, reviewer, lead, colleague):
        with pytest.raises(NotFound):
            agree(asked, by)
        assert asked.uuid not in [one.uuid for one in resetting.open_requests(by)]
    assert has_factor(colleague)


def test_staff_need_another_superuser(partner, reviewer, lead):
    asked = reported(lead)
    second = people.lead("second@portal.example")
    for by in (lead, reviewer, partner):
        with pytest.raises(NotFound):
            agree(asked, by)
    assert agree(asked, second) is True
    assert not has_factor(lead)


def test_a_sole_admin_waits_for_two_of_staff_and_three_days(mailoutbox, partner, colleague, lead):
    second = people.lead("second@portal.example")
    asked = reported(partner)
    assert heard(mailoutbox) == sorted([partner.email, lead.email, second.email])
    with pytest.raises(NotFound):
        agree(asked, colleague)
    assert agree(asked, lead) is False
    with pytest.raises(Conflict, match="second member"):
        agree(asked, lead)
    with pytest.raises(Conflict, match="Not before"):
        agree(asked, second)
    with time_machine.travel(timezone.now() + timedelta(hours=71)), pytest.raises(Conflict):
        agree(asked, second)
    assert has_factor(partner)
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        assert agree(asked, second) is True
    assert not has_factor(partner)
    assert Event.objects.filter(verb="factor_reset_agreed").count() == 1


def test_the_owner_stops_what_somebody_else_asked_for(client, mailoutbox, partner, colleague):
    asked = reported(colleague)
    sign_in(client, colleague)
    assert "Stop this" in client.get(PAGE).content.decode()
    client.post(f"{PAGE}{asked.uuid}/refuse/")
    with pytest.raises(NotFound):
        agree(asked, partner)
    assert has_factor(colleague)
    assert Event.objects.get(verb="factor_reset_refused").actor == str(colleague.pseudonym)
    assert heard(mailoutbox) == sorted([partner.email, colleague.email] * 2)


def test_a_stranger_refuses_nothing(client, partner, colleague, stranger):
    asked = reported(colleague)
    assert sign_in(client, stranger).post(f"{PAGE}{asked.uuid}/refuse/").status_code == 404
    assert FactorReset.objects.open().exists()


def test_reporting_again_sends_no_second_email(mailoutbox, partner, colleague):
    reported(colleague)
    resetting.report(colleague)
    assert FactorReset.objects.count() == 1
    assert len(heard(mailoutbox)) == 2


def test_a_request_is_made_anew_where_others_have_to_answer_by_now(partner, colleague, lead):
    former = reported(colleague)
    User.objects.filter(pk=partner.pk).update(is_active=False)
    resetting.report(colleague)
    asked = FactorReset.objects.open().get()
    assert (asked.needs_two, asked.user) == (True, colleague)
    with pytest.raises(NotFound):
        agree(former, lead)
    assert agree(asked, lead) is False


def test_an_admin_who_is_deactivated_decides_nothing(partner, colleague):
    asked = reported(colleague)
    User.objects.filter(pk=partner.pk).update(is_active=False)
    with pytest.raises(NotFound):
        agree(asked, partner)
    assert has_factor(colleague)


def test_an_account_that_is_deactivated_gets_no_email(mailoutbox, partner, colleague):
    reported(colleague)
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    assert heard(mailoutbox) == [partner.email]


def test_reporting_comes_to_an_end(colleague):
    app_of(colleague)
    browser = Client()
    browser.post("/accounts/login/", {"login": colleague.email, "password": PASSWORD})
    assert [browser.post(f"{PAGE}report/").status_code for _ in range(6)] == [200] * 5 + [429]


def test_an_old_sign_in_is_asked_for_the_password(client, partner, colleague):
    asked = reported(colleague)
    sign_in(client, partner, minutes_ago=16)
    answer = client.post(f"{PAGE}{asked.uuid}/agree/", {f"{asked.uuid}-reason": REASON})
    assert answer.url == f"/accounts/reauthenticate/?next={PAGE}"
    assert has_factor(colleague)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("lost_factors_factorreset.user_id|factor_reset_one_open", {}),
        ("factor_reset_not_by_oneself", {"first": "person"}),
        ("factor_reset_by_two_people", {"first": "lead", "second": "lead"}),
        ("factor_reset_has_reasons", {"first": "lead", "first_reason": ""}),
        ("factor_reset_done_when_agreed", {"done_at": 0}),
        ("factor_reset_done_when_agreed", {"first": "lead", "second": "second", "done_at": 0}),
        ("factor_reset_done_when_agreed", {"first": "lead", "done_at": 73}),
        ("factor_reset_refused_by_somebody", {"refused_at": 0}),
    ],
)
def test_the_database_has_the_last_word(partner, lead, name, broken):
    now = timezone.now()
    who = {"person": partner, "lead": lead, "second": people.lead("second@portal.example")}
    row = {"user": partner, "needs_two": True, "requested_at": now, "not_before": now + timedelta(hours=72)}
    if not broken:
        FactorReset.objects.create(**row)
    for column, value in broken.items():
        match column:
            case "first" | "second":
                row |= {f"{column}_by": who[value], f"{column}_reason": row.get(f"{column}_reason", REASON)}
            case "refused_by":
                row[column] = who[value]
            case "done_at" | "refused_at":
                row[column] = now + timedelta(hours=value)
            case _:
                row[column] = value
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        FactorReset.objects.create(**row)
