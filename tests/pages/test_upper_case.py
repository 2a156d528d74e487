"""A UUID means the same in upper and in lower case, in every URL and in the desk's search."""

import uuid

import pytest
from django.urls import get_resolver
from django.urls.converters import UUIDConverter

from portal.converters import AnyCaseUUIDConverter
from registrations.models import Registration
from tests.pages.addresses import at, secret_at
from tests.support.pages import words
from tests.support.registrations import again, change

PAGES = ("", "edit/", "check/", "discard/confirm/", "close/", "credentials/", "metadata.json", "submit/")
DESK = "/admin/registrations/registration/"


def routes(resolver):
    for entry in resolver.url_patterns:
        yield entry
        yield from routes(entry) if hasattr(entry, "url_patterns") else ()


def shouted(registration, page=""):
    return f"/registrations/{str(registration.uuid).upper()}/{page}"


def test_no_route_takes_lower_case_only():
    converters = [one for entry in routes(get_resolver()) for one in entry.pattern.converters.values()]
    uuids = [one for one in converters if isinstance(one, UUIDConverter)]
    assert len(uuids) > 25
    assert {type(one) for one in uuids} == {AnyCaseUUIDConverter}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_the_same_in_upper_case(login, partner, live, page):
    change(live, partner, client_name="Renamed Client")
    browser = login(partner)
    lower, upper = browser.get(at(live, page)), browser.get(shouted(live, page))
    assert upper.status_code == lower.status_code in (200, 405)
    assert words(upper).lower() == words(lower).lower()


def test_a_post_does_the_same_in_upper_case(login, partner, live, secret):
    browser = login(partner)
    path = secret_at(live, secret, "reveal").replace(str(secret.uuid), str(secret.uuid).upper())
    assert browser.post(path).status_code == 200
    change(live, partner, client_name="Renamed Client")
    assert browser.post(shouted(live, "discard/"))["Location"] == at(live)
    assert not hasattr(again(live), "draft")


def test_what_is_not_there_and_what_is_anothers_look_alike_in_upper_case(login, stranger, live):
    browser, nothing = login(stranger), Registration(uuid=uuid.uuid4())
    for page in PAGES:
        answers = [browser.get(path) for path in (shouted(live, page), shouted(nothing, page))]
        answers += [browser.get(at(nothing, page))]
        assert len({answer.status_code for answer in answers}) == 1
        texts = [words(one).lower() for one in answers]
        for path in (live.uuid, nothing.uuid):
            texts = [text.replace(str(path), "") for text in texts]
        assert len(set(texts)) == 1


@pytest.mark.parametrize("which", ["client_id", "uuid"])
def test_the_desk_finds_an_id_in_upper_case(login, reviewer, live, which):
    found = login(reviewer).get(DESK, {"q": f" {getattr(live, which)} ".upper()})
    assert "Example Client" in found.text
    assert login(reviewer).get(f"{DESK}{str(live.uuid).upper()}/review/").status_code == 200
