"""What a reviewer types on the review page is never dropped, and nothing is sent that was not asked for."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import Event
from registrations.models import ChecklistTick, Comment, DeskNote, ReviewDraft
from registrations.workflow import comments, drafting, review_drafts
from tests.desk.pages import NOTE, QUEUE, decide_pkce, review_path
from tests.desk.typing import boxes, buttons, filled, text_in
from tests.support import people
from tests.support.people import reviewer, sign_in
from tests.support.registrations import again, approved, change, submitted, with_exception

pytestmark = pytest.mark.django_db

ASK = "Which product is this?"
ITEM = "policy_names_product"


@pytest.fixture
def rich(by, lead):
    """Under review, with everything on its page that a reviewer can press."""
    asked = [{"rule": "N-05", "value": "Pleo Archive", "reason": "It is the name of our museum."}]
    typed = with_exception(client_name="Pleo Archive", review_asked=asked)
    registration = submitted(by, **typed)
    colleague = reviewer("second@portal.example")
    for field in ("client_name", ""):
        said = {"by": lead, "seen_version": 1, "field": field}
        thread = comments.comment(registration.uuid, text="Whose is it?", **said).thread
    comments.resolve(registration.uuid, thread.uuid, by=colleague)
    comments.comment(registration.uuid, by=lead, seen_version=1, text="Take me back.", field="contacts")
    return registration


@pytest.fixture
def lead(db):
    return people.lead()


def at(registration, verb):
    return f"{QUEUE}{registration.uuid}/{verb}/"


def post(desk, registration, verb, page, **typed):
    return desk.post(at(registration, verb), filled(page, **typed))


def test_every_button_keeps_what_was_typed_elsewhere(client, rich, lead):
    desk = sign_in(client, lead)
    page = desk.get(review_path(rich)).text
    found = buttons(page)
    assert len(found) > 40
    lost = []
    for address, name, value in found:
        ReviewDraft.objects.all().delete()
        own = own_box(address, name, value)
        words = {box: f"Typed in {box}." for box in boxes(page) if box != own}
        verb_is_decision = "/decide/" in address
        more = {name: [value]} if name else {}
        answer = desk.post(address, filled(page, **words) | more | {"pkce_expires_on": [""]})
        assert answer.status_code in (200, 302, 409, 422), (address, answer.status_code)
        assert not verb_is_decision or again(rich).status == "pending"
        shown = desk.get(review_path(rich)).text
        there = boxes(page)
        lost += [
            (address, name, value, box) for box, text in words.items() if box in there and text not in shown
        ]
        page = shown
    assert lost == []


def own_box(address, name, value):
    """The box whose text the button uses."""
    if name == "talk":
        action, place, *about = value.split(".")
        kinds = {"comment": f"to_partner-{place}", "note": f"desk_note-{place}"}
        return kinds.get(action) or (f"reply-{about[0]}" if action == "reply" else "")
    return f"override_reason-{value}" if name == "override" else ""


def test_a_comment_is_sent_alone(desk, waiting):
    page = desk.get(review_path(waiting)).text
    typed = {"to_partner-client_name": ASK, "desk_note-scope": "Known.", "note": NOTE}
    typed["talk"] = "comment.client_name"
    answer = post(desk, waiting, "comments", page, **typed)
    assert answer["Location"] == f"{review_path(waiting)}#comments-client_name"
    assert Comment.objects.get().text == ASK
    assert not DeskNote.objects.exists()
    page = desk.get(review_path(waiting)).text
    assert text_in(page, "to_partner-client_name") == ""
    assert text_in(page, "desk_note-scope") == "Known."
    assert text_in(page, "note") == NOTE


def test_ticks_that_were_sent_with_a_decision_are_made_and_logged(desk, waiting):
    page = desk.get(review_path(waiting)).text
    answer = post(desk, waiting, "decide", page, decision="approve", ticks=ITEM)
    assert answer.status_code == 302
    assert ChecklistTick.objects.get().item == ITEM
    unticked = Event.objects.get(verb="revision.approved").detail["unticked"]
    assert ITEM not in unticked
    assert "name_is_theirs" in unticked


def test_a_tick_taken_away_on_the_page_is_logged_as_unticked(desk, waiting):
    page = desk.get(review_path(waiting)).text
    post(desk, waiting, "checklist", page, ticks=ITEM)
    page = desk.get(review_path(waiting)).text
    sent = filled(page, decision="approve")
    assert sent.pop("ticks") == sent["were"] == [ITEM]
    desk.post(at(waiting, "decide"), sent)
    assert not ChecklistTick.objects.exists()
    assert ITEM in Event.objects.get(verb="revision.approved").detail["unticked"]


def test_ticks_come_back_with_the_page_and_count_for_nobody_yet(client, desk, waiting):
    page = desk.get(review_path(waiting)).text
    post(desk, waiting, "keep", page, ticks=ITEM)
    page = desk.get(review_path(waiting)).text
    assert filled(page)["ticks"] == [ITEM]
    assert "<span data-ticked>1</span> of 7 ticked." in page
    assert not ChecklistTick.objects.exists()
    other = sign_in(client, reviewer("second@portal.example"))
    assert "ticks" not in filled(other.get(review_path(waiting)).text)


def test_choices_come_back_for_the_same_revision_alone(desk, by, waiting):
    page = desk.get(review_path(waiting)).text
    kept = {"decision": "reject", "granted": ["", "users:read"], "note": NOTE}
    desk.post(at(waiting, "keep"), filled(page) | kept)
    back = filled(desk.get(review_path(waiting)).text)
    assert (back["decision"], back["granted"]) == (["reject"], ["", "users:read"])
    drafting.withdraw(waiting.uuid, by=by)
    change(waiting, by, client_name="Example Client Two")
    drafting.submit(waiting.uuid, by=by)
    back = filled(desk.get(review_path(waiting)).text)
    assert back["note"] == [NOTE]
    assert "decision" not in back
    assert len(back["granted"]) > 2


@pytest.mark.parametrize("decision", ["approve", "request_changes", "reject"])
def test_a_decision_asks_about_a_comment_that_was_not_sent(desk, waiting, decision):
    page = desk.get(review_path(waiting)).text
    typed = {"decision": decision, "note": NOTE, "to_partner-scope": ASK}
    answer = post(desk, waiting, "decide", page, **typed)
    assert answer.status_code == 422
    assert "You typed something that this decision does not send" in answer.text
    assert "Comment: Scopes" in answer.text
    assert 'href="#id_unsent"' in answer.text
    assert waiting.revisions.get().status == "under_review"
    assert text_in(answer.text, "to_partner-scope") == ASK


@pytest.mark.parametrize(("unsent", "sent", "kept"), [("send", 1, ""), ("keep", 0, ASK), ("drop", 0, "")])
def test_and_does_with_it_what_is_answered(desk, waiting, unsent, sent, kept):
    page = desk.get(review_path(waiting)).text
    typed = {"decision": "reject", "note": NOTE, "to_partner-scope": ASK, "unsent": unsent}
    assert post(desk, waiting, "decide", page, **typed).status_code == 302
    assert waiting.revisions.get().status == "rejected"
    assert Comment.objects.filter(sent_at__isnull=False, text=ASK).count() == sent
    page = desk.get(review_path(waiting)).text
    assert (ASK in page) is bool(sent or kept)
    assert ("What you typed here and did not send" in page) is bool(kept)


def test_a_comment_that_is_sent_with_it_stands_in_for_the_note(desk, waiting):
    page = desk.get(review_path(waiting)).text
    typed = {"decision": "request_changes", "to_partner-scope": ASK, "unsent": "send"}
    assert post(desk, waiting, "decide", page, **typed).status_code == 302
    assert Comment.objects.get().sent_at is not None


def test_a_reason_to_refuse_scopes_that_refuses_none_is_asked_about(desk, waiting):
    page = desk.get(review_path(waiting)).text
    typed = {"decision": "approve", "refused_because": "Reading is enough."}
    answer = post(desk, waiting, "decide", page, **typed)
    assert answer.status_code == 422
    assert "Why you refuse scopes" in answer.text
    assert (
        desk.post(at(waiting, "decide"), filled(page, **typed) | {"granted": ["", "users:read"]}).status_code
        == 302
    )


def test_a_decision_on_the_exception_that_is_made_is_nothing_that_somebody_typed(leads_desk, by):
    registration = submitted(by, **with_exception())
    decide_pkce(leads_desk, registration, "refuse", pkce_note="Update your library.")
    page = leads_desk.get(review_path(registration)).text
    assert text_in(page, "pkce_reason") == "Update your library."
    answer = post(leads_desk, registration, "decide", page, decision="reject", note=NOTE)
    assert answer.status_code == 302
    assert not ReviewDraft.objects.exists() or not ReviewDraft.objects.get().texts


def test_a_text_without_a_box_can_be_copied_and_deleted(desk, by, waiting):
    page = desk.get(review_path(waiting)).text
    post(desk, waiting, "keep", page, **{"to_partner-scope": ASK})
    drafting.withdraw(waiting.uuid, by=by)
    page = desk.get(review_path(waiting)).text
    assert text_in(page, "to_partner-scope") == ASK
    post(desk, waiting, "keep", page, drop="to_partner-scope")
    assert ASK not in desk.get(review_path(waiting)).text
    assert ReviewDraft.objects.get().texts == {}


def test_an_old_tab_never_counts_as_the_newest(desk, waiting):
    old = desk.get(review_path(waiting)).text
    post(desk, waiting, "keep", old, note="First.")
    post(desk, waiting, "keep", desk.get(review_path(waiting)).text, note="")
    post(desk, waiting, "keep", desk.get(review_path(waiting)).text, note="Second.")
    post(desk, waiting, "keep", old, note="From the old tab.")
    assert text_in(desk.get(review_path(waiting)).text, "note") == "Second.\n\nFrom the old tab."


def test_two_tabs_keep_both_texts(desk, waiting):
    page = desk.get(review_path(waiting)).text
    post(desk, waiting, "keep", page, note="From the first.")
    post(desk, waiting, "keep", page, note="From the second.", **{"desk_note-scope": "Known."})
    page = desk.get(review_path(waiting)).text
    assert text_in(page, "note") == "From the first.\n\nFrom the second."
    assert text_in(page, "desk_note-scope") == "Known."


def test_a_script_learns_the_version_of_what_is_kept(desk, waiting):
    page = desk.get(review_path(waiting)).text
    answer = desk.post(at(waiting, "keep"), filled(page, note=NOTE), headers={"accept": "application/json"})
    assert answer.json() == {"draft": 1}


@pytest.mark.parametrize("text", ["a\x00b", "x" * 20_000, "<script>alert(1)</script>"])
def test_whatever_is_typed_is_kept(desk, waiting, text):
    page = desk.get(review_path(waiting)).text
    assert post(desk, waiting, "keep", page, note=text).status_code == 302
    assert text_in(desk.get(review_path(waiting)).text, "note") == text.replace("\x00", "")


def test_what_is_kept_is_nobody_elses(client, desk, waiting):
    post(desk, waiting, "keep", desk.get(review_path(waiting)).text, note="Only mine.")
    assert not Event.objects.filter(actor=str(desk.who.pseudonym)).exists()
    assert (
        "Only mine." not in sign_in(client, reviewer("second@portal.example")).get(review_path(waiting)).text
    )


def test_a_decision_leads_on_to_the_next_request(desk, by, waiting):
    second = submitted(by, client_name="Second Client")
    page = desk.get(review_path(waiting)).text
    answer = desk.post(at(waiting, "decide"), filled(page, decision="approve", next="1"), follow=True)
    assert answer.redirect_chain[-1][0] == review_path(second)
    assert "Example Client is approved." in answer.text


def test_a_live_client_keeps_the_box_for_desk_notes(desk, by):
    registration = approved(by, desk.who)
    page = desk.get(review_path(registration)).text
    assert [box for box in boxes(page) if not box.startswith("desk_note-")] == []
    post(desk, registration, "comments", page, **{"desk_note-whole": "Known.", "talk": "note.whole"})
    assert DeskNote.objects.get().text == "Known."


@pytest.mark.parametrize("verb", ["keep", "decide"])
def test_a_box_ticked_for_an_earlier_revision_starts_empty(desk, by, waiting, verb):
    page = desk.get(review_path(waiting)).text
    if verb == "keep":
        post(desk, waiting, "keep", page, ticks=ITEM)
    drafting.withdraw(waiting.uuid, by=by)
    change(waiting, by, policy_uri="https://client.example/legal/other.html")
    drafting.submit(waiting.uuid, by=by)
    if verb == "keep":
        answer = desk.get(review_path(waiting))
    else:
        answer = post(desk, waiting, "decide", page, decision="reject", note=NOTE, ticks=ITEM)
        assert answer.status_code == 409
    assert "ticks" not in filled(answer.text)
    assert "<span data-ticked>0</span> of 7 ticked." in answer.text


@pytest.mark.parametrize("unsent", ["send", "keep"])
def test_a_reason_that_refuses_no_scope_is_kept_if_that_is_answered(desk, waiting, unsent):
    page = desk.get(review_path(waiting)).text
    typed = {"decision": "reject", "note": NOTE, "refused_because": "Reading is enough.", "unsent": unsent}
    assert post(desk, waiting, "decide", page, **typed).status_code == 302
    assert text_in(desk.get(review_path(waiting)).text, "refused_because") == "Reading is enough."


OTHER_TAB = "You typed something else here in another tab."


@pytest.mark.parametrize("verb", ["decide", "preview"])
def test_a_decision_waits_for_the_note_of_another_tab(desk, waiting, verb):
    page = desk.get(review_path(waiting)).text
    post(desk, waiting, "keep", page, note="From the first.")
    answer = post(desk, waiting, verb, page, decision="reject", note="From the second.")
    assert (answer.status_code, OTHER_TAB in answer.text) == (409, True)
    assert text_in(answer.text, "note") == "From the first.\n\nFrom the second."
    assert waiting.revisions.get().status == "under_review"
    assert post(desk, waiting, verb, answer.text, decision="reject").status_code in (200, 302)


@pytest.mark.parametrize("unsent", ["send", "drop"])
def test_an_answer_about_unsent_texts_is_not_about_those_of_another_tab(desk, waiting, unsent):
    page = desk.get(review_path(waiting)).text
    post(desk, waiting, "keep", page, **{"to_partner-contacts": "Never to be sent."})
    typed = {"decision": "reject", "note": NOTE, "unsent": unsent, "to_partner-scope": ASK}
    answer = post(desk, waiting, "decide", page, **typed)
    assert answer.status_code == 409
    assert text_in(answer.text, "to_partner-contacts") == "Never to be sent."
    assert not Comment.objects.exists()


def test_a_comment_waits_for_the_text_of_another_tab(desk, waiting):
    page = desk.get(review_path(waiting)).text
    post(desk, waiting, "keep", page, **{"to_partner-scope": "From the first."})
    typed = {"to_partner-scope": "From the second.", "talk": "comment.scope"}
    answer = post(desk, waiting, "comments", page, **typed)
    assert (answer.status_code, OTHER_TAB in answer.text) == (409, True)
    assert text_in(answer.text, "to_partner-scope") == "From the first.\n\nFrom the second."
    assert not Comment.objects.exists()


def sent_from_one_tab(desk, waiting):
    """Two tabs show the same comment; it is sent from the first. The page of the second."""
    page = desk.get(review_path(waiting)).text
    post(desk, waiting, "keep", page, **{"to_partner-scope": ASK, "desk_note-logo": "Mine."})
    second = first = desk.get(review_path(waiting)).text
    button = {"talk": "comment.scope"}
    post(desk, waiting, "comments", first, **button)
    return second


def test_another_tab_does_not_bring_back_what_was_sent(desk, waiting):
    second = sent_from_one_tab(desk, waiting)
    post(desk, waiting, "keep", second, note=NOTE)
    kept = ReviewDraft.objects.get()
    assert kept.texts == {"note": NOTE, "desk_note-logo": "Mine."}
    more = {"draft": str(kept.version - 1), "to_partner-scope": f"{ASK} And whose?"}
    post(desk, waiting, "keep", second, **more)
    assert ReviewDraft.objects.get().texts["to_partner-scope"] == f"{ASK} And whose?"


def test_what_was_typed_while_a_button_ran_stays(waiting, desk):
    said = {"by": desk.who, "seen_version": 1}
    kept = {"texts": {"note": NOTE, "to_partner-scope": "Newer."}, "choices": {}}
    review_drafts.keep(waiting.uuid, **said, seen_draft=0, **kept)
    review_drafts.use(waiting.uuid, **said, texts={"note": NOTE, "to_partner-scope": ASK})
    assert ReviewDraft.objects.get().texts == {"to_partner-scope": "Newer."}


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_refused_decision_saves_none_of_the_texts(client, rich, lead, decision):
    """One of them answers a thread that is resolved by now; an approval lacks the accepted value, too."""
    desk = sign_in(client, lead)
    page = desk.get(review_path(rich)).text
    reply = next(box for box in boxes(page) if box.startswith("reply-"))
    typed = {"to_partner-scope": ASK, "desk_note-logo": "Mine.", reply: "And now?", "note": NOTE}
    comments.resolve(rich.uuid, UUID(reply.removeprefix("reply-")), by=lead)
    before = (Comment.objects.count(), DeskNote.objects.count(), Event.objects.filter(outcome="done").count())
    answer = post(desk, rich, "decide", page, **typed, decision=decision, unsent="send")
    assert answer.status_code == 409
    after = (Comment.objects.count(), DeskNote.objects.count(), Event.objects.filter(outcome="done").count())
    assert after == before
    shown = desk.get(review_path(rich)).text
    assert all(text in shown for text in typed.values())


@pytest.mark.parametrize("tabs", [1, 2])
def test_the_page_that_tells_colleagues_keeps_its_text_for_the_box(desk, waiting, tabs):
    page = desk.get(review_path(waiting)).text
    page = post(
        desk, waiting, "tell", page, **{"desk_note-scope": "Look.", "note": NOTE, "tell_of": "scope"}
    ).text
    if tabs == 2:
        post(desk, waiting, "keep", desk.get(review_path(waiting)).text, **{"desk_note-scope": "Mine."})
        answer = post(desk, waiting, "tell", page, tell=str(reviewer("second@portal.example").pseudonym))
        assert (answer.status_code, OTHER_TAB in answer.text) == (409, True)
        page = answer.text
    post(desk, waiting, "keep", page, **{"desk_note-scope": "Look at both."})
    shown = desk.get(review_path(waiting)).text
    assert text_in(shown, "desk_note-scope") == "Look at both."
    assert text_in(shown, "note") == NOTE


@pytest.mark.parametrize(
    ("days", "is_open", "works_here", "is_left"),
    [(91, True, True, True), (89, False, True, True), (91, False, True, False), (0, True, False, False)],
)
def test_the_worker_deletes_what_nobody_comes_back_to(desk, by, waiting, days, is_open, works_here, is_left):
    post(desk, waiting, "keep", desk.get(review_path(waiting)).text, note=NOTE)
    if not is_open:
        drafting.withdraw(waiting.uuid, by=by)
    User.objects.filter(pk=desk.who.pk).update(is_active=works_here)
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        review_drafts.forget_due()
    assert ReviewDraft.objects.exists() is is_left
