"""Free text on the partner's pages (rule F-01): refused beside its field, kept as typed, shown apart."""

import pytest
from django.urls import reverse

from registrations.models import Draft
from tests.pages.elements import elements, with_attribute
from tests.support.commenting import asked, sent_back
from tests.support.forms import example_posted
from tests.support.registrations import a_draft, submitted, with_exception

pytestmark = pytest.mark.django_db
TURNED = "Our server\u202e cannot send a challenge."
COMPLAINT = "Remove the character U+202E (line 1, character 11)"
SCOPES = {"scope": ["users:read", "accounts:write"]}
REASON = "scope-reason-accounts:write"


@pytest.fixture
def mine(client, partner):
    client.force_login(partner)
    return client


def posted(client, registration, **values):
    """The page of the form after it was saved and shown with everything that is wrong."""
    address = reverse("registrations:edit", args=[registration.uuid])
    answer = client.post(address, example_posted(draft_version=1, then="check") | values)
    return client.get(answer.url).text if answer.status_code == 302 else answer.text


def typed(page, name):
    (found,) = [one for one in elements(page) if one.get("name") == name]
    return found.words()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("pkce_justification", with_exception(pkce_justification=TURNED)),
        ("pkce_controls", with_exception(pkce_controls=TURNED)),
        (REASON, SCOPES | {REASON: TURNED}),
    ],
)
def test_a_reason_that_turns_the_text_is_refused_and_kept(mine, partner, name, values):
    shown = {field: value for field, value in values.items() if field in ("scope", name) or "pkce" in field}
    page = posted(mine, a_draft(partner), **shown)
    (found,) = with_attribute(page, "data-rule", "F-01")
    assert found.get("data-field") == ("scope" if name == REASON else name)
    assert COMPLAINT in found.words()
    assert typed(page, name) == TURNED


def test_a_reason_of_invisible_characters_is_none(mine, partner):
    page = posted(mine, a_draft(partner), **SCOPES, **{REASON: "\u200b" * 30})
    assert "Say why your client needs accounts:write" in page


def test_an_answer_that_turns_the_text_is_refused_and_kept(mine, partner, reviewer):
    registration = submitted(partner)
    thread = asked(registration, reviewer)
    sent_back(registration, reviewer)
    name = f"answer-{thread.uuid}"
    address = reverse("registrations:edit", args=[registration.uuid])
    page = mine.post(address, example_posted(draft_version=1) | {name: TURNED})
    assert COMPLAINT in page.text
    assert typed(page.text, name) == TURNED
    assert "answers" not in Draft.objects.get().data


def test_a_comment_is_shown_apart_from_what_stands_around_it(mine, partner, reviewer):
    registration = submitted(partner)
    asked(registration, reviewer, text="\u05e9\u05dc\u05d5\u05dd <b>")
    sent_back(registration, reviewer, note="Please answer.")
    for page in ("detail", "edit"):
        shown = mine.get(reverse(f"registrations:{page}", args=[registration.uuid])).text
        assert "<bdi>\u05e9\u05dc\u05d5\u05dd &lt;b&gt;</bdi>" in shown
        assert "<bdi>Please answer.</bdi>" in shown
