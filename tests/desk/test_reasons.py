"""Prepared reasons on the decision form, and the email before it is sent."""

import re
from html import unescape

import pytest
from django.utils import timezone
from django.utils.html import escape

from portal.audit.models import Event
from registrations.models import DecisionReason, GivenReason
from registrations.rules.vocabulary import MAX_TEXT_LENGTH
from registrations.workflow import comments, drafting, pkce
from tests.desk.pages import QUEUE, decide, review_path, state
from tests.emails.sending import delivered
from tests.support.commenting import asked
from tests.support.people import auditor, reviewer, sign_in
from tests.support.registrations import in_days, submitted, with_exception

pytestmark = pytest.mark.django_db

REASONS = "/admin/registrations/decisionreason/"
LOGO, TERMS = "logo-uses-pleo-mark", "terms-unreachable"
ONLY_REJECT = "already-registered"


def preview(client, registration, decision="request_changes", *, note="", **more):
    return decide(client, registration, decision, note=note, preview="1", **more)


def wording(code):
    return DecisionReason.objects.get(code=code).wording


def email(page):
    return unescape(re.search(r"data-email>(.*?)</div>", page, re.DOTALL)[1])


def note(page):
    return unescape(re.search(r'<textarea name="note"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1]).lstrip(
        "\n"
    )


def composed(page):
    return re.findall(r'name="composed" value="([\w-]+)"', page)


def test_a_preview_changes_nothing_and_fills_the_note(desk, waiting):
    before = state(waiting)
    answer = preview(desk, waiting, note="Hello & welcome.", reasons=[LOGO, TERMS])
    assert answer.status_code == 200
    assert state(waiting) == before
    assert not GivenReason.objects.exists()
    assert note(answer.text).startswith("Hello & welcome.\n\n")
    for code in (LOGO, TERMS):
        assert wording(code) in note(answer.text)
        assert wording(code) in email(answer.text)
    assert set(composed(answer.text)) == {LOGO, TERMS}
    assert "partner@client.example" in answer.text


@pytest.mark.parametrize("decision", ["request_changes", "reject"])
def test_the_email_is_the_one_of_the_preview(desk, waiting, decision):
    shown = preview(desk, waiting, decision, note="Hello & <welcome>.", reasons=[LOGO]).text
    words = note(shown)
    decide(desk, waiting, decision, note=words, reasons=[LOGO], composed=[LOGO])
    subject = "Changes requested" if decision == "request_changes" else "Rejected"
    (sent,) = delivered(subject)
    assert sent.body == email(shown)
    assert sent.subject in unescape(shown)


def test_the_preview_leaves_out_what_waits_in_a_resolved_thread(desk, waiting):
    for text in ("Which product is it?", "Forget this one."):
        asked(waiting, desk.who, text)
    comments.resolve(waiting.uuid, waiting.threads.last().uuid, by=desk.who)
    page = desk.get(review_path(waiting)).text
    shown = preview(desk, waiting, note="No.").text
    assert shown.count("Which product is it?") > page.count("Which product is it?")
    assert shown.count("Forget this one.") == page.count("Forget this one.")


def test_what_people_wrote_is_no_markup_in_the_preview(desk, waiting):
    """A colleague's comment stands in the email, too: it must not become a form of this page."""
    mark = '<form method="post" action="/admin/accounts/user/1/change/"><input name="is_superuser">'
    asked(waiting, reviewer("colleague@portal.example"), text=f"Comment {mark}")
    DecisionReason.objects.filter(code=LOGO).update(wording=f"Wording {mark}")
    shown = preview(desk, waiting, note=f"Note {mark}", reasons=[LOGO]).text
    for words in ("Comment", "Wording", "Note"):
        assert f"{words} {escape(mark)}" in shown
    assert mark not in shown
    assert f"Comment {mark}" in email(shown)


def test_the_email_of_an_approval_is_the_one_of_the_preview(desk, waiting):
    before = state(waiting)
    answers = {"note": "Hello & <welcome>.", "granted": ["", "users:read"]}
    shown = preview(desk, waiting, "approve", **answers).text
    assert "(made by the approval)" in email(shown)
    assert state(waiting) == before
    decide(desk, waiting, "approve", **answers)
    (sent,) = delivered("Approved")
    assert lasting(email(shown)) == lasting(sent.body)
    assert "Scopes refused: test:test users:write." in sent.body


def test_a_preview_keeps_what_was_unticked(desk, waiting):
    page = preview(desk, waiting, "approve", granted=["", "users:read"]).text
    assert re.findall(r'name="granted" value="([\w:]+)" checked', page) == ["users:read"]


def test_the_email_of_a_granted_exception_names_its_last_day(leads_desk, by):
    registration = submitted(by, **with_exception())
    pkce.grant(
        registration.uuid,
        by=leads_desk.who,
        seen_version=1,
        expires_on=in_days(90),
        signed_in_at=timezone.now(),
    )
    shown = email(preview(leads_desk, registration, "approve").text)
    assert f"in force up to and including {in_days(90):%-d %B %Y}" in shown


def lasting(email):
    """Its lines, but for what only the approval makes."""
    return [line for line in email.splitlines() if not re.match("Client identifier|Next, reveal", line)]


def test_an_edited_note_is_sent_as_it_stands(desk, waiting):
    answer = decide(desk, waiting, "reject", note="In my words.", reasons=[LOGO], composed=[LOGO])
    assert answer["Location"] == QUEUE
    revision = waiting.revisions.get()
    assert revision.note == "In my words."
    assert [given.reason_id for given in revision.given_reasons.all()] == [LOGO]
    assert Event.objects.get(verb="revision.rejected").detail == {"reasons": [LOGO]}
    assert f'data-reason="{LOGO}"' in desk.get(review_path(waiting)).text


def test_words_that_nobody_read_are_previewed_first(desk, waiting):
    before = state(waiting)
    answer = decide(desk, waiting, "reject", note="", reasons=[LOGO])
    assert answer.status_code == 200
    assert wording(LOGO) in email(answer.text)
    assert state(waiting) == before


def test_a_second_preview_adds_only_what_is_new_and_takes_away_what_went(desk, waiting):
    page = preview(desk, waiting, note="Hi.", reasons=[LOGO]).text
    page = preview(desk, waiting, note=note(page), reasons=[LOGO, TERMS], composed=[LOGO]).text
    assert note(page).count(wording(LOGO)) == note(page).count(wording(TERMS)) == 1
    page = preview(desk, waiting, note=note(page), reasons=[TERMS], composed=[LOGO, TERMS]).text
    assert note(page) == f"Hi.\n\n{wording(TERMS)}"


def test_what_cannot_be_previewed_says_so_beside_its_field(desk, waiting):
    before = state(waiting)
    for more, field in (
        ({"decision": ""}, "decision"),
        ({"decision": "request_changes"}, "note"),
        ({"decision": "approve", "reasons": [LOGO]}, "reasons"),
        ({"decision": "reject", "reasons": [TERMS]}, "reasons"),
        ({"decision": "request_changes", "reasons": [ONLY_REJECT]}, "reasons"),
        ({"decision": "reject", "reasons": ["moon"], "note": "No."}, "reasons"),
        ({"decision": "reject", "reasons": ["a\x00"], "note": "No."}, "reasons"),
        ({"decision": "reject", "reasons": [LOGO], "note": "x" * MAX_TEXT_LENGTH}, "note"),
        ({"decision": "reject", "reasons": [LOGO], "composed": ["moon"]}, "composed"),
    ):
        answer = preview(desk, waiting, **more)
        assert answer.status_code == 422, more
        assert f'href="#id_{field}' in answer.text, more
        assert "<title>Error:" in answer.text
    assert state(waiting) == before


def test_a_stale_preview_keeps_note_and_reasons(desk, by, waiting):
    drafting.withdraw(waiting.uuid, by=by)
    drafting.submit(waiting.uuid, by=by)
    before = state(waiting)
    for send in (preview, decide):
        answer = send(desk, waiting, "reject", note="Mine.", reasons=[LOGO], composed=[LOGO])
        assert answer.status_code == 409
        assert note(answer.text) == "Mine."
        assert re.search(rf'value="{LOGO}"[^>]* checked', answer.text)
        assert composed(answer.text) == [LOGO]
    assert state(waiting) == before


def test_who_may_not_decide_previews_nothing(client, waiting):
    sign_in(client, auditor())
    assert 'name="reasons"' not in client.get(review_path(waiting)).text
    answer = preview(client, waiting, note="No.", reasons=[LOGO])
    assert answer.status_code == 403
    assert "data-email" not in answer.text


def test_what_is_off_the_offer_is_not_chosen(desk, waiting):
    DecisionReason.objects.filter(code=LOGO).update(is_offered=False)
    assert f'value="{LOGO}"' not in desk.get(review_path(waiting)).text
    assert preview(desk, waiting, note="No.", reasons=[LOGO]).status_code == 422


def test_a_lead_rewords_a_reason_with_an_event(leads_desk):
    row = DecisionReason.objects.get(code=LOGO)
    form = {
        "code": row.code,
        "title": row.title,
        "wording": "Kinder.",
        "for_reject": "on",
        "is_offered": "on",
    }
    assert leads_desk.post(f"{REASONS}{row.pk}/change/", form)["Location"] == REASONS
    assert wording(LOGO) == "Kinder."
    event = Event.objects.get(verb="decision_reason.changed")
    assert event.moved == [f"decision_reason:{LOGO}"]


def test_a_reason_for_no_decision_is_refused_in_words(leads_desk):
    row = DecisionReason.objects.get(code=LOGO)
    form = {"code": row.code, "title": row.title, "wording": "x", "is_offered": "on"}
    answer = leads_desk.post(f"{REASONS}{row.pk}/change/", form)
    assert answer.status_code == 200
    assert "Choose at least one decision" in answer.text


def test_a_reason_that_was_given_keeps_its_code_and_stays(leads_desk, by):
    registration = submitted(by)
    decide(leads_desk, registration, "reject", reasons=[LOGO], composed=[LOGO])
    row = DecisionReason.objects.get(code=LOGO)
    form = {"code": "other", "title": "Other", "wording": "x", "for_reject": "on"}
    leads_desk.post(f"{REASONS}{row.pk}/change/", form)
    row.refresh_from_db()
    assert (row.code, row.title) == (LOGO, "Other")
    answer = leads_desk.post(f"{REASONS}{row.pk}/delete/", {"post": "yes"}, follow=True)
    assert "is in use" in answer.text
