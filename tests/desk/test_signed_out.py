"""What somebody typed on the desk while their sign-in ended is offered to them, complete."""

import pytest
from django.test import Client

from portal.kept_forms.models import KeptForm
from registrations.models import Comment, DeskNote, ReviewDraft, Snooze
from tests.desk.pages import NOTE, QUEUE, review_path
from tests.desk.typing import filled, text_in
from tests.pages.elements import with_attribute
from tests.support.people import sign_in
from tests.support.registrations import excepted, submitted

pytestmark = pytest.mark.django_db

ASK = "Which product is this?"
BESIDE = ("kept", "draft", "account_note")


def at(registration, verb):
    return f"{QUEUE}{registration.uuid}/{verb}/"


def typed(answers):
    return {name: values for name, values in answers.items() if name not in BESIDE}


def kept_page(browser, page):
    """Where the notice on a page leads after the next sign-in."""
    sign_in(browser, browser.who)
    links = {one.get("href") for one in with_attribute(browser.get(page).text, "href")}
    (link,) = [link for link in links if "?kept=" in link]
    return link


def posted_signed_out(browser, address, sent):
    """Post without a session; returns the link to what was kept, after signing in again."""
    browser.session.flush()
    answer = browser.post(address, sent)
    assert answer["Location"].startswith("/admin/login/?next=")
    return kept_page(browser, "/admin/")


@pytest.mark.parametrize("verb", ["decide", "comments", "keep", "claim", "tell", "next"])
def test_the_whole_page_comes_back_whatever_was_pressed(desk, waiting, verb):
    page = desk.get(review_path(waiting)).text
    button = {"comments": {"talk": "comment.scope"}, "tell": {"tell_of": "scope"}}
    texts = {"note": NOTE, "to_partner-scope": ASK, "desk_note-scope": "Mine.", "decision": "reject"}
    sent = filled(page, **texts, ticks="policy_names_product")
    address = f"{QUEUE}next/?after={waiting.uuid}" if verb == "next" else at(waiting, verb)
    link = posted_signed_out(desk, address, sent | button.get(verb, {}))
    assert link.startswith(review_path(waiting))
    shown = desk.get(link)
    assert "It is not sent yet" in shown.text
    assert typed(filled(shown.text)) == typed(sent)
    assert not Comment.objects.exists() | DeskNote.objects.exists()
    assert waiting.revisions.under_review().get().claimed_by is None
    desk.post(at(waiting, "keep"), filled(shown.text))
    assert not KeptForm.objects.exists()
    assert text_in(desk.get(review_path(waiting)).text, "to_partner-scope") == ASK


def test_a_form_with_an_expired_token_comes_back(desk, waiting):
    browser = Client(enforce_csrf_checks=True)
    browser.who = desk.who
    sent = filled(sign_in(browser, desk.who).get(review_path(waiting)).text, note=NOTE)
    answer = browser.post(at(waiting, "decide"), sent | {"decision": ["reject"]})
    assert answer["Location"].startswith(f"{review_path(waiting)}?kept=")
    assert text_in(browser.get(answer["Location"]).text, "note") == NOTE


def test_what_was_kept_since_is_not_replaced(desk, waiting):
    page = desk.get(review_path(waiting)).text
    link = posted_signed_out(desk, at(waiting, "decide"), filled(page, note="Typed first."))
    page = desk.get(review_path(waiting)).text
    desk.post(at(waiting, "keep"), filled(page, note="Typed later."))
    desk.post(at(waiting, "keep"), filled(desk.get(link).text))
    assert ReviewDraft.objects.get().texts["note"] == "Typed later.\n\nTyped first."


def test_a_note_to_tell_colleagues_of_comes_back_in_its_box(desk, waiting):
    page = desk.get(review_path(waiting)).text
    desk.post(at(waiting, "keep"), filled(page, note=NOTE))
    page = desk.get(review_path(waiting)).text
    page = desk.post(at(waiting, "tell"), filled(page) | {"tell_of": "scope"}).text
    sent = filled(page, **{"desk_note-scope": "Whose is it?"})
    shown = desk.get(posted_signed_out(desk, at(waiting, "tell"), sent)).text
    assert text_in(shown, "desk_note-scope") == "Whose is it?"
    assert text_in(shown, "note") == NOTE


@pytest.mark.parametrize("verb", ["reassign", "snooze", "revoke-exception", "notes"])
def test_a_form_on_a_page_of_its_own_comes_back_there(leads_desk, by, verb):
    client = leads_desk
    registration = excepted(by, client.who) if verb == "revoke-exception" else submitted(by)
    organisation = f"{QUEUE}organisations/{registration.organisation.uuid}/"
    pages = {"revoke-exception": at(registration, "exception"), "notes": organisation}
    address = f"{organisation}notes/" if verb == "notes" else at(registration, verb)
    shown_at = pages.get(verb, address)
    box = "reason" if verb in ("snooze", "revoke-exception") else "note"
    sent = filled(client.get(shown_at).text, **{box: NOTE})
    link = posted_signed_out(client, address, sent)
    assert link.startswith(shown_at)
    assert text_in(client.get(link).text, box) == NOTE
    assert not Snooze.objects.exists()


def test_a_script_is_told_what_is_true(desk, by, waiting):
    sent = filled(desk.get(review_path(waiting)).text, note=NOTE)
    as_script = {"headers": {"Accept": "application/json"}}
    signed_out = Client().post(at(waiting, "keep"), sent, **as_script)
    assert (signed_out.status_code, signed_out.json()["reason"]) == (401, "You are signed out.")
    partners = sign_in(Client(), by).post(at(waiting, "keep"), sent, **as_script)
    assert (partners.status_code, partners.json()["reason"]) == (403, "You can no longer enter the desk.")
    desk.who.groups.clear()
    refused = desk.post(at(waiting, "keep"), sent, **as_script)
    assert (refused.status_code, "signed out" in refused.text) == (403, False)
    assert not KeptForm.objects.exists()
