import re
from urllib.parse import parse_qs, urlsplit

import pytest

from registrations.models import Comment
from tests.desk.pages import QUEUE, review_path
from tests.support.registrations import in_days, submitted, with_exception

pytestmark = pytest.mark.django_db

VERBS = ("decide", "preview", "keep", "checklist", "pkce", "override", "confirm-scopes", "comments", "tell")
COMMENT = {"talk": "comment", "field": "client_name", "to_partner": "Whose name is it?", "seen_version": 1}
TICK = {"checklist": "save", "ticks": ["name_is_theirs"], "seen_version": 1}
REJECTION = {"decision": "reject", "note": "No.", "seen_version": 1}


def verb_path(registration, verb):
    return f"{QUEUE}{registration.uuid}/{verb}/"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_verbs_are_only_posted(desk, waiting, verb, method):
    assert getattr(desk, method)(verb_path(waiting, verb)).status_code == 405


OTHERS = ("claim", "release")


@pytest.mark.parametrize("verb", VERBS + OTHERS)
def test_who_opens_a_verb_finds_the_way_to_the_review_page(desk, waiting, verb):
    answer = desk.get(verb_path(waiting, verb), {"_changelist_filters": "state=all"})
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert f'href="{review_path(waiting)}?_changelist_filters=state%3Dall"' in answer.text


@pytest.mark.parametrize("verb", VERBS + OTHERS)
def test_who_has_to_sign_in_first_gets_to_the_review_page_afterwards(client, waiting, verb):
    filters = "?_changelist_filters=state%3Dall"
    answer = client.post(verb_path(waiting, verb) + filters, REJECTION)
    asked_to_sign_in = client.get(answer["Location"])["Location"]
    assert parse_qs(urlsplit(asked_to_sign_in).query)["next"] == [review_path(waiting) + filters]
    assert waiting.revisions.get().status == "under_review"


def test_each_button_posts_to_its_verb_and_keeps_the_filters(leads_desk, by):
    registration = submitted(by, **with_exception())
    page = leads_desk.get(review_path(registration), {"_changelist_filters": "state=all"}).text
    filters = r"\?_changelist_filters=state%3Dall"
    verbs = re.findall(rf'action="{QUEUE}{registration.uuid}/([\w-]+)/{filters}"', page)
    assert {"keep", "decide", "checklist", "comments", "tell"} <= set(verbs)
    assert re.search(rf'formaction="{QUEUE}{registration.uuid}/pkce/{filters}#pkce"', page)
    assert re.search(rf'formaction="{QUEUE}{registration.uuid}/preview/{filters}#decide"', page)


@pytest.mark.parametrize("at", ["review", "decide"])
def test_a_decision(desk, waiting, at):
    assert desk.post(verb_path(waiting, at), REJECTION)["Location"] == QUEUE
    assert waiting.revisions.get().status == "rejected"


@pytest.mark.parametrize(("at", "more"), [("review", {"preview": "1"}), ("preview", {})])
def test_a_preview_decides_nothing(desk, waiting, at, more):
    page = desk.post(verb_path(waiting, at), {**REJECTION, **more})
    assert "The email, as it will be sent" in page.text
    assert waiting.revisions.get().status == "under_review"


@pytest.mark.parametrize("at", ["review", "checklist"])
def test_the_checklist(desk, waiting, at):
    assert desk.post(verb_path(waiting, at), TICK)["Location"] == review_path(waiting)
    assert waiting.revisions.get().ticks.get().item == "name_is_theirs"


@pytest.mark.parametrize("at", ["review", "comments"])
def test_a_comment(desk, waiting, at):
    answer = desk.post(verb_path(waiting, at), COMMENT)
    assert answer["Location"] == f"{review_path(waiting)}#comments-client_name"
    assert Comment.objects.get().text == "Whose name is it?"


@pytest.mark.parametrize("at", ["review", "pkce"])
def test_an_exception(leads_desk, by, at):
    registration = submitted(by, **with_exception())
    grant = {"pkce_decision": "grant", "pkce_expires_on": str(in_days(30)), "seen_version": 1}
    assert leads_desk.post(verb_path(registration, at), grant)["Location"] == review_path(registration)
    assert registration.pkce_exceptions.get().status == "granted"


@pytest.mark.parametrize("verb", VERBS)
def test_what_was_never_submitted_is_not_found(desk, verb):
    unknown = "00000000-0000-4000-8000-000000000000"
    assert desk.post(f"{QUEUE}{unknown}/{verb}/", {"seen_version": 1}).status_code == 404


@pytest.mark.parametrize(
    "verb", [verb for verb in VERBS if verb not in ("decide", "comments", "keep", "tell")]
)
def test_an_incomplete_form_is_shown_again(leads_desk, waiting, verb):
    page = leads_desk.post(verb_path(waiting, verb), {})
    assert page.status_code == 422
    assert "The page was incomplete." in page.text
