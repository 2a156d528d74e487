"""Look at these first: each mark on the review page, with its evidence and links."""

import pytest
from django.utils import timezone

from registrations.admin.review.page import ReviewPage
from registrations.admin.review.page_state import PageState
from registrations.workflow import client, drafting, review
from tests.desk.pages import QUEUE, review_path
from tests.pages.elements import with_attribute
from tests.support.people import home, stranger
from tests.support.registrations import a_draft, a_logo, again, approved, change, submitted
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def marks(page, kind=None, name="data-doubt"):
    return [element.words() for element in with_attribute(page.text, name, kind)]


def kinds(page, name="data-doubt"):
    return [element.get(name) for element in with_attribute(page.text, name)]


def test_a_twin_is_named_with_organisation_state_link_and_both_logos(desk, by):
    twin = a_draft(stranger(), client_name="Acme Mobile", logo=a_logo("a" * 64))
    drafting.submit(twin.uuid, by=twin.created_by)
    mine = a_draft(by, client_name="acme mobi1e", logo=a_logo("b" * 64))
    drafting.submit(mine.uuid, by=by)
    page = desk.get(review_path(mine))
    assert kinds(page)[0] == "twin_name"
    (words,) = marks(page, "twin_name")
    assert "Grave" in words
    assert "Acme Mobile of Other Inc: staging, under review" in words
    part = page.text.split('data-doubt="twin_name"')[1].split('data-doubt="')[0]
    assert f'href="{review_path(twin)}"' in part
    assert 'alt="Logo of this client"' in part
    assert 'alt="Logo of Acme Mobile of Other Inc"' in part


def test_a_withdrawn_name_that_is_nearly_the_same_is_named(desk, by):
    twin = submitted(stranger(), client_name="Supplier Sync")
    drafting.withdraw(twin.uuid, by=twin.created_by)
    page = desk.get(review_path(submitted(by, client_name="Suplier Sync")))
    (words,) = marks(page, "near_name")
    assert "Supplier Sync of Other Inc: staging, withdrawn" in words


def test_a_host_of_another_leads_to_that_organisation(desk, by):
    other = stranger()
    approved(other, desk.who, client_name="Elsewhere")
    page = desk.get(review_path(submitted(by)))
    (words,) = marks(page, "host_of_another")
    assert "client.example of Other Inc" in words
    assert f'href="{QUEUE}organisations/{home(other).uuid}/"' in page.text


def test_a_suspended_sibling_is_said_with_its_reason(desk, by):
    living = approved(by, desk.who, client_name="Till")
    client.suspend(living.uuid, by=desk.who, reason="The secret was on a public page.")
    page = desk.get(review_path(submitted(by)))
    (words,) = marks(page, "suspended")
    assert "Till The secret was on a public page." in words


def test_a_change_is_marked_by_what_it_adds(desk, by):
    living = approved(by, desk.who)
    change(living, by, redirect_uris=["https://client.example/callback", "https://login.other.example/cb"])
    drafting.submit(living.uuid, by=by)
    assert kinds(desk.get(review_path(living))) == ["new_host", "host_off_site"]


def test_a_scope_that_was_refused_is_grave_where_it_is_asked_for_again(desk, by):
    living = submitted(by)
    granted = {"granted": ["users:read"], "refused_because": "You only read."}
    review.approve(living.uuid, by=desk.who, seen_version=1, **granted, signed_in_at=timezone.now())
    scope = {
        "scope": ["users:read", "users:write"],
        "scope_reasons": {"users:write": "We invite new colleagues."},
    }
    change(living, by, client_name="Renamed", **scope)
    drafting.submit(living.uuid, by=by)
    (words,) = marks(desk.get(review_path(living)), "scope_refused")
    assert "users:write You only read." in words


def test_notes_stand_apart_from_doubts(desk, by):
    page = desk.get(review_path(submitted(by, scope=["users:read"])))
    assert kinds(page) == []
    assert kinds(page, "data-aside") == ["newcomer"]
    assert not with_attribute(page.text, "data-doubts")


def test_what_was_decided_needs_no_look(desk, by):
    registration = submitted(by)
    review.reject(registration.uuid, by=desk.who, seen_version=1, note="No.")
    page = desk.get(review_path(again(registration)))
    assert kinds(page) == kinds(page, "data-aside") == []


@pytest.mark.parametrize("is_change", [False, True])
def test_the_signals_cost_four_statements(desk, by, is_change):
    registration = approved(by, desk.who) if is_change else submitted(by)
    if is_change:
        change(registration, by, client_name="Renamed Client")
        drafting.submit(registration.uuid, by=by)
    page = ReviewPage(registration, desk.who, PageState())
    assert page.revision.number == 1 + is_change
    assert page.organisation.organisation.name  # read with the registration
    with statements() as made:
        assert [shown.is_note for shown in page.signals] == ([] if is_change else [False, True])
    assert len(made) == 4
