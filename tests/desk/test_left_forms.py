"""What was typed on a page of the desk with a form of its own is there again after leaving the page."""

import pytest

from portal.kept_forms.models import KeptForm
from registrations.models import Snooze
from registrations.workflow import assignment
from tests.desk.pages import QUEUE, review_path
from tests.pages.elements import with_attribute
from tests.support.kept_forms import fields_of
from tests.support.people import reviewer
from tests.support.registrations import again, excepted, in_days

pytestmark = pytest.mark.django_db

TYPED = "Typed with care."


def at(registration, page):
    return f"{QUEUE}{registration.uuid}/{page}/"


@pytest.fixture
def left(leads_desk, by, waiting):
    """By its name: the registration, where the form is and where it goes, and what is typed into it."""
    colleague = reviewer("colleague@portal.example")
    assignment.claim(waiting.uuid, by=leads_desk.who)
    return {
        "snooze": (waiting, "snooze", "snooze", {"reason": TYPED}, {"until": str(in_days(3))}),
        "hand over": (waiting, "reassign", "reassign", {"note": TYPED}, {"to": str(colleague.pseudonym)}),
        "exception": (excepted(by, leads_desk.who), "exception", "revoke-exception", {"reason": TYPED}, {}),
    }


NAMES = ["snooze", "hand over", "exception"]


def go_on(desk, registration):
    """The form that the notice on the review page leads to."""
    page = desk.get(review_path(registration)).text
    (link,) = [one for one in with_attribute(page, "href") if "?kept=" in one.get("href")]
    return desk.get(link.get("href"))


@pytest.mark.parametrize("name", NAMES)
def test_leaving_keeps_what_was_typed_and_does_nothing(leads_desk, left, name):
    registration, shown, sent, typed, more = left[name]
    form = fields_of(leads_desk.get(at(registration, shown)))
    posted = form | {key: [text] for key, text in (typed | more).items()} | {"leave": "1"}
    answer = leads_desk.post(at(registration, sent), posted)
    assert answer["Location"] == review_path(registration)
    assert not Snooze.objects.exists()
    (words,) = typed
    there = fields_of(go_on(leads_desk, registration))
    assert there[words] == [TYPED]
    chosen = more | ({"waiting_on": "partner"} if name == "snooze" else {})
    assert leads_desk.post(at(registration, sent), there | chosen).status_code == 302
    assert not KeptForm.objects.exists(), "what was sent is not offered again"
    done = again(registration)
    assert name != "exception" or not done.pkce_exceptions.in_force().exists()


@pytest.mark.parametrize("name", NAMES)
def test_leaving_it_as_it_was_keeps_nothing(leads_desk, left, name):
    registration, shown, sent, *_ = left[name]
    empty = fields_of(leads_desk.get(at(registration, shown))) | {"leave": "1"}
    assert leads_desk.post(at(registration, sent), empty)["Location"] == review_path(registration)
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize("name", NAMES)
def test_what_was_refused_is_kept_too(leads_desk, left, name):
    registration, shown, sent, typed, _ = left[name]
    posted = fields_of(leads_desk.get(at(registration, shown)))
    posted |= {key: ["\x1b" + text] for key, text in typed.items()}
    assert leads_desk.post(at(registration, sent), posted).status_code == 422
    assert TYPED in go_on(leads_desk, registration).text


@pytest.mark.parametrize("name", NAMES)
def test_a_script_keeps_what_is_typed_and_learns_its_name(leads_desk, left, name):
    registration, _, sent, typed, more = left[name]
    posted = typed | more | {"leave": "1"}
    kept = leads_desk.post(at(registration, sent), posted, headers={"Accept": "application/json"})
    assert kept.json() == {"kept": str(KeptForm.objects.get().uuid)}
