"""Whatever the desk refuses, staff stay in the desk's frame; nobody else sees it."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from tests.access.test_access import GUARDED, address_of, parts_of, world
from tests.pages.elements import elements
from tests.support import people

pytestmark = [pytest.mark.django_db, pytest.mark.once]

__all__ = ["world"]

STAFF = ("clerk", "auditor", "reviewer", "lead")
DESK = sorted({row[0] for row in GUARDED if row[0].startswith("admin:")})
REFUSED = (403, 404, 405, 409, 410, 422, 429)


def is_in_frame(answer):
    ids = {one.get("id") for one in elements(answer.text)}
    return {"site-name", "user-tools"} <= ids and "site-header" not in answer.text


def assert_in_frame(answer):
    assert is_in_frame(answer), (answer.request["PATH_INFO"], answer.status_code)
    headings = [one for one in elements(answer.text) if one.tag == "h1"]
    assert len(headings) == 1
    assert headings[0].words()


def assert_leads_on(answer):
    """It has a link that is not part of the frame."""
    inside = answer.text.partition('<div id="content"')[2].partition("<footer")[0]
    assert [one for one in elements(inside) if one.tag == "a" and one.get("href")]


@pytest.mark.parametrize("person", STAFF)
def test_each_refusal_stays_in_the_frame(person, world, client):
    everybody, ids = world
    seen = set()
    for name in DESK:
        for method in ("get", "post", "put"):
            people.sign_in(client, everybody[person])
            answer = getattr(client, method)(address_of(name, ids))
            if answer.status_code in REFUSED:
                assert_in_frame(answer)
                assert_leads_on(answer)
                seen.add(answer.status_code)
    assert seen >= ({403, 404, 405} if person == "clerk" else {403, 404, 405, 409})


def test_what_does_not_exist_stays_in_the_frame(world, client):
    everybody, _ = world
    people.sign_in(client, everybody["lead"])
    for name in set(DESK) - {"admin:app_list", "admin:view_on_site"}:
        unknown = {part: 0 if part in ("pk", "object_id") else uuid.uuid4() for part in parts_of(name)}
        for method in (client.get, client.post) if unknown else ():
            answer = method(reverse(name, kwargs=unknown), follow=True)
            if answer.status_code in REFUSED:
                assert_in_frame(answer)


def test_a_form_with_an_expired_token_stays_in_the_frame(world):
    everybody, ids = world
    browser = people.sign_in(Client(enforce_csrf_checks=True), everybody["lead"])
    for name in DESK:
        answer = browser.post(address_of(name, ids), {"note": "typed"})
        assert answer.status_code == 403
        assert_in_frame(answer)
        assert "This page has expired" in answer.text


@pytest.mark.parametrize("path", ["/admin/nothing/", "/admin/registrations/registration/nothing/"])
@pytest.mark.parametrize("person", STAFF)
def test_an_address_of_no_page_stays_in_the_frame(person, path, world, client):
    everybody, _ = world
    answer = people.sign_in(client, everybody[person]).get(path)
    assert answer.status_code == 404
    assert_in_frame(answer)


@pytest.mark.parametrize("person", ["nobody", "viewer", "admin"])
def test_partners_do_not_see_the_frame(person, world, client):
    everybody, ids = world
    if everybody[person]:
        people.sign_in(client, everybody[person])
    for name in DESK:
        for method in (client.get, client.post):
            answer = method(address_of(name, ids), follow=True)
            assert "site-name" not in answer.text


@pytest.mark.parametrize("path", ["/nothing/", "/registrations/00000000-0000-4000-8000-000000000000/"])
def test_staff_among_the_partners_pages_see_those_of_partners(path, world, client):
    everybody, _ = world
    answer = people.sign_in(client, everybody["lead"]).get(path)
    assert answer.status_code == 404
    assert "site-header" in answer.text
