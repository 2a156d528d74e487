"""The part of the review page that decides on a PKCE exception, as its own buttons post it."""

import pytest
from django.utils import timezone

from portal.audit.models import Event
from registrations.rules.pkce import end_after
from registrations.workflow import drafting, pkce
from tests.desk.pages import QUEUE, review_path, state
from tests.pages.elements import elements, with_attribute
from tests.support.people import reviewer, sign_in, stranger
from tests.support.registrations import (
    REASON,
    change,
    in_days,
    submitted,
    with_exception,
)
from tests.support.registrations import excepted as live_with_exception
from tests.support.statements import statements

pytestmark = pytest.mark.django_db
WHY = "Use a current library.\nIt can do it."
BOTH = "Choose a last day or type another one, not both."


@pytest.fixture
def registration(by):
    return submitted(by, **with_exception())


def post(desk, registration, button, **typed):
    """Press a button: its name and value, and all that the form holds beside it."""
    name, value = button
    texts = dict.fromkeys(("pkce_preset", "pkce_expires_on", "pkce_note", "pkce_reason", "pkce_corrects"), "")
    form = {**texts, "seen_version": 1, "seen_live": 0, **typed, name: value}
    return desk.post(f"{QUEUE}{registration.uuid}/pkce/", {k: str(v) for k, v in form.items()})


GRANT, REFUSE = ("pkce_decision", "grant"), ("pkce_decision", "refuse")


def confirm(reason):
    return "pkce_confirm", reason


def field(page, name):
    return next(one for one in elements(page) if one.get("name") == name)


def presets(page):
    return [one.get("value") for one in elements(page) if one.get("name") == "pkce_preset"]


def error_at(answer, name):
    (found,) = with_attribute(answer.text, "id", f"id_{name}_error")
    return found.words()


def exception(registration):
    return registration.pkce_exceptions.get()


def test_three_six_and_twelve_months_are_one_press_each(leads_desk, registration):
    page = leads_desk.get(review_path(registration)).text
    today = timezone.now().date()
    days = [str(end_after(months, today=today)) for months in (3, 6, 12)]
    assert presets(page) == [*days, "other"]
    assert post(leads_desk, registration, GRANT, pkce_preset=days[1]).status_code == 302
    assert str(exception(registration).expires_on) == days[1]


def test_the_end_that_the_partner_wishes_is_offered_first(leads_desk, by):
    wish = in_days(100)
    registration = submitted(by, **with_exception(pkce_wished_end=str(wish)))
    page = leads_desk.get(review_path(registration)).text
    assert presets(page)[0] == str(wish)
    assert "As the partner wishes: until" in page
    assert post(leads_desk, registration, GRANT, pkce_preset=wish).status_code == 302
    assert exception(registration).expires_on == wish


def test_another_day_is_typed(leads_desk, registration):
    day = in_days(45)
    assert post(leads_desk, registration, GRANT, pkce_preset="other", pkce_expires_on=day).status_code == 302
    assert exception(registration).expires_on == day


@pytest.mark.parametrize(
    ("preset", "typed", "where", "words"),
    [
        ("", "", "pkce_expires_on", "Enter the last day"),
        ("other", "", "pkce_expires_on", "Enter the last day"),
        ("nonsense", "", "pkce_preset", "Enter the last day"),
        (in_days(90), in_days(30), "pkce_preset", BOTH),
        (in_days(90), "soon", "pkce_preset", BOTH),
        (in_days(400), "", "pkce_preset", "at most twelve months away"),
        (in_days(0), "", "pkce_preset", "after today"),
        ("other", in_days(400), "pkce_expires_on", "at most twelve months away"),
        ("", "soon", "pkce_expires_on", "Enter a day"),
    ],
)
def test_a_day_that_cannot_be_is_said_beside_its_field_and_is_no_event(
    leads_desk, registration, preset, typed, where, words
):
    before, events = state(registration), Event.objects.count()
    answer = post(
        leads_desk,
        registration,
        GRANT,
        pkce_preset=preset,
        pkce_expires_on=typed,
        pkce_note="A note.",
        pkce_reason="A reason.",
    )
    assert answer.status_code == 422
    assert words in error_at(answer, where)
    assert f'href="#id_{where}"' in answer.text
    assert "A note.</textarea>" in answer.text
    assert "A reason.</textarea>" in answer.text
    assert state(registration) == before
    assert Event.objects.count() == events


def test_a_preset_of_yesterdays_page_is_the_day_that_it_said(leads_desk, registration):
    assert post(leads_desk, registration, GRANT, pkce_preset=in_days(89)).status_code == 302
    assert exception(registration).expires_on == in_days(89)


def test_a_refusal_is_confirmed_with_its_reason(leads_desk, registration):
    before = state(registration)
    asked = post(leads_desk, registration, REFUSE, pkce_reason=WHY, pkce_expires_on="half")
    assert asked.status_code == 200
    assert "Refuse the exception with this reason?" in asked.text
    assert field(asked.text, "pkce_confirm").get("value") == WHY
    assert state(registration) == before
    answer = post(leads_desk, registration, confirm(WHY), pkce_reason=WHY)
    assert (answer.status_code, answer["Location"]) == (302, review_path(registration))
    assert (exception(registration).status, exception(registration).note) == ("refused", WHY)


def test_a_reason_that_was_changed_after_it_was_confirmed_is_asked_about_again(leads_desk, registration):
    answer = post(leads_desk, registration, confirm(WHY), pkce_reason="Another reason.")
    assert field(answer.text, "pkce_confirm").get("value") == "Another reason."
    assert exception(registration).status == "requested"


def test_without_a_reason_nothing_is_refused_and_nothing_is_an_event(leads_desk, registration):
    events = Event.objects.count()
    answer = post(leads_desk, registration, REFUSE, pkce_reason=" \n", pkce_note="Only for us.")
    assert answer.status_code == 422
    assert "Enter a reason" in error_at(answer, "pkce_reason")
    assert Event.objects.count() == events


def test_no_button_is_no_decision(leads_desk, registration):
    answer = post(leads_desk, registration, ("pkce_note", "A note."), pkce_preset=in_days(90))
    assert answer.status_code == 422
    assert "Press one of the two buttons" in error_at(answer, "pkce_decision")


def test_a_decision_is_corrected_on_the_page_that_showed_it(leads_desk, registration):
    post(leads_desk, registration, GRANT, pkce_preset=in_days(300))
    page = leads_desk.get(review_path(registration)).text
    assert "Correct this decision" in page
    assert field(page, "pkce_expires_on").get("value") == str(in_days(300))
    corrects = field(page, "pkce_corrects").get("value")
    answer = post(leads_desk, registration, GRANT, pkce_expires_on=in_days(30), pkce_corrects=corrects)
    assert answer.status_code == 302
    assert exception(registration).expires_on == in_days(30)
    page = leads_desk.get(review_path(registration)).text
    assert "Decided before, and corrected" in page
    late = post(leads_desk, registration, GRANT, pkce_expires_on=in_days(60), pkce_corrects=corrects)
    assert late.status_code == 409
    assert field(late.text, "pkce_expires_on").get("value") == str(in_days(60))
    assert field(late.text, "pkce_corrects").get("value") == exception(registration).decided_at.isoformat()


def test_what_a_page_cannot_have_shown_is_not_corrected(leads_desk, registration):
    answer = post(leads_desk, registration, GRANT, pkce_preset=in_days(90), pkce_corrects="yesterday")
    assert answer.status_code == 422
    assert exception(registration).status == "requested"


def test_only_approvers_see_the_form_to_correct(client, leads_desk, registration):
    pkce.grant(
        registration.uuid,
        by=leads_desk.who,
        seen_version=1,
        expires_on=in_days(30),
        signed_in_at=timezone.now(),
    )
    sign_in(client, reviewer())
    assert "Correct this decision" not in client.get(review_path(registration)).text


def test_beside_it_stand_earlier_exceptions_and_how_often_they_were_renewed(leads_desk, by):
    registration = live_with_exception(by, leads_desk.who)
    change(registration, by, **with_exception(pkce_justification=f"{REASON} Or in summer."))
    drafting.submit(registration.uuid, by=by)
    page = leads_desk.get(review_path(registration)).text
    assert "Never renewed." in page
    assert "Exception in force, requested" in " ".join(page.split())


def test_beside_it_stand_the_organisations_other_clients_and_nobody_elses(leads_desk, by, registration):
    sibling = live_with_exception(by, leads_desk.who, client_name="Sister Client")
    submitted(stranger(), **with_exception(client_name="Foreign Client"))
    submitted(by, client_name="Plain Client")
    page = leads_desk.get(review_path(registration)).text
    assert f'href="{review_path(sibling)}#pkce"' in page
    assert "Foreign Client" not in page
    assert "Plain Client" not in page


def test_what_stands_beside_costs_one_statement_however_much(leads_desk, by, registration):
    costs = []
    for number in range(1, 3):
        for more in range(3 * number):
            live_with_exception(by, leads_desk.who, client_name=f"Client {more}")
        with statements() as made:
            leads_desk.get(review_path(registration))
        costs.append(len(made))
    assert costs[0] == costs[1] <= 16, costs


def test_where_two_people_are_wanted_the_page_says_so(leads_desk, registration, settings):
    settings.PORTAL_PKCE_SECOND_PERSON = True
    post(leads_desk, registration, GRANT, pkce_preset=in_days(90))
    assert "somebody else has to approve this revision" in leads_desk.get(review_path(registration)).text
