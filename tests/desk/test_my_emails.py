"""The page on which reviewers choose their emails."""

import pytest

from registrations.models import EmailChoice
from tests.desk.pages import QUEUE
from tests.pages.elements import elements
from tests.support.people import auditor, head, sign_in

pytestmark = pytest.mark.django_db

PAGE = f"{QUEUE}my-emails/"


def chosen(desk):
    boxes = [one for one in elements(desk.get(PAGE).text) if one.get("name") == "submissions"]
    return [box.get("value") for box in boxes if "checked" in box.attrs]


def test_the_queue_and_the_index_lead_to_it(desk, client):
    assert f'href="{PAGE}"' in desk.get(QUEUE).text
    assert f'href="{PAGE}"' in sign_in(client, head()).get("/admin/").text


def test_the_digest_is_chosen_unless_one_chooses_otherwise(desk):
    assert chosen(desk) == ["daily"]
    assert not EmailChoice.objects.exists()


def test_a_choice_is_saved_and_shown(desk):
    answer = desk.post(PAGE, {"submissions": "none"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert "Your choice is saved." in desk.get(PAGE).text
    assert chosen(desk) == ["none"]


@pytest.mark.parametrize("posted", [{}, {"submissions": ""}, {"submissions": "hourly"}])
def test_what_cannot_be_chosen_is_named_beside_the_field(desk, posted):
    answer = desk.post(PAGE, posted)
    assert answer.status_code == 422
    assert "When something is submitted: Choose one" in answer.text
    assert not EmailChoice.objects.exists()


def test_who_does_not_review_has_no_such_page(client):
    desk = sign_in(client, auditor())
    assert f'href="{PAGE}"' not in desk.get(QUEUE).text
    assert desk.get(PAGE).status_code == desk.post(PAGE, {"submissions": "each"}).status_code == 403
    assert not EmailChoice.objects.exists()
