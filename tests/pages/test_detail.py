"""One registration: its status, the next step, and its activity."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.audit import events
from registrations.models import PkceException
from registrations.workflow import client, comments, drafting, pkce, review, secrets
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.commenting import asked
from tests.support.pages import words
from tests.support.registrations import (
    a_draft,
    again,
    approved,
    change,
    excepted,
    in_days,
    reveal,
    revealed,
    submitted,
    with_exception,
)

GHOST = "/registrations/6f9619ff-8b86-4011-b42d-00c04fc964ff/"


def happened(page):
    return [e.words() for e in with_attribute(page.text, "data-event")]


def next_steps(page):
    return " ".join(each.words() for each in with_attribute(page.text, "data-tasks"))


def buttons(page, registration):
    """What can be done from here with the client, its contacts and its record as JSON apart."""
    addresses = [e.get("href") for e in elements(page.text) if e.tag == "a"]
    addresses += [e.get("action") for e in elements(page.text) if e.tag == "form"]
    own = at(registration)
    mine = {address.removeprefix(own) for address in addresses if address.startswith(own)}
    return {one for one in mine if not one.startswith("contacts/")} - {"", "metadata.json"}


def test_a_visitor_is_sent_to_sign_in(partner):
    registration = a_draft(partner)
    assert Client().get(at(registration))["Location"] == f"/accounts/login/?next={at(registration)}"


def test_a_stranger_cannot_tell_it_from_nothing(login, partner, stranger):
    browser = login(stranger)
    answer, ghost = browser.get(at(submitted(partner))), browser.get(GHOST)
    assert (answer.status_code, ghost.status_code) == (404, 404)
    assert words(answer) == words(ghost)


def test_staff_have_their_own_desk(login, partner, reviewer):
    assert login(reviewer).get(at(submitted(partner))).status_code == 404


def test_only_looking_is_possible(login, partner):
    assert login(partner).post(at(a_draft(partner))).status_code == 405


def in_every_state(by, reviewer):
    draft, under_review = a_draft(by), submitted(by)
    sent_back, rejected = submitted(by), submitted(by)
    review.request_changes(sent_back.uuid, by=reviewer, seen_version=1, note="Do this.")
    review.reject(rejected.uuid, by=reviewer, seen_version=1, note="Not this.")
    live = approved(by, reviewer)
    working, _ = revealed(by, reviewer)
    changing = change(approved(by, reviewer), by, client_name="Changed Client")
    drafting.submit(changing.uuid, by=by)
    closed = a_draft(by)
    drafting.discard(closed.uuid, by=by)
    return {
        "Draft": (draft, {"edit/", "check/", "discard/confirm/"}),
        "Under review": (under_review, {"message/", "withdraw/", "close/"}),
        "Changes requested": (sent_back, {"edit/", "check/", "discard/confirm/", "close/"}),
        "Rejected": (rejected, {"edit/", "check/", "discard/confirm/", "close/"}),
        "Live": (working, {"edit/", "credentials/", "promote/", "restrict/", "close/"}),
        "Live, secret not revealed yet": (live, {"edit/", "credentials/", "promote/", "restrict/", "close/"}),
        "Live with a change under review, secret not revealed yet": (
            changing,
            {"message/", "withdraw/", "credentials/", "promote/", "restrict/", "close/"},
        ),
        "Closed": (closed, set()),
    }


def test_every_state_has_its_words_and_buttons(login, partner, reviewer):
    browser = login(partner)
    for words_, (registration, expected) in in_every_state(partner, reviewer).items():
        page = browser.get(at(registration))
        assert page.status_code == 200
        assert words_ in [e.words() for e in with_attribute(page.text, "id", "status-title")]
        assert "Next step" in page.text
        assert buttons(page, registration) == expected, words_


def test_a_viewer_reads_and_has_no_buttons(login, partner, viewer, reviewer):
    browser = login(viewer)
    for registration, _ in in_every_state(partner, reviewer).values():
        page = browser.get(at(registration))
        assert page.status_code == 200
        assert buttons(page, registration) <= {"credentials/"}


def test_the_reviewers_note_is_shown(login, partner, reviewer):
    registration = submitted(partner)
    review.reject(registration.uuid, by=reviewer, seen_version=1, note="Use <b>your</b> own domain.")
    page = login(partner).get(at(registration)).text
    assert "Use &lt;b&gt;your&lt;/b&gt; own domain." in page


def test_the_note_is_gone_once_it_was_submitted_again(login, partner, reviewer):
    registration = submitted(partner)
    review.request_changes(registration.uuid, by=reviewer, seen_version=1, note="Please.")
    drafting.submit(registration.uuid, by=partner)
    assert "Note from Pleo" not in login(partner).get(at(registration)).text


def test_the_story_is_told_without_names(login, partner, colleague, reviewer):
    registration = a_draft(partner)
    drafting.submit(registration.uuid, by=colleague)
    review.approve(
        registration.uuid, by=reviewer, seen_version=1, note="Welcome.", signed_in_at=timezone.now()
    )
    hint = reveal(again(registration), partner)[-4:]
    page = login(partner).get(at(registration))
    lines = [entry.split("UTC ")[1] for entry in happened(page)]
    assert lines == [
        f"You revealed the client secret. The secret ends in {hint}.",
        f"Pleo approved the submission. The secret ends in {hint}. “Welcome.”",
        "A colleague submitted the registration for review.",
        "You started the registration.",
    ]
    assert reviewer.email not in page.text
    assert colleague.email not in page.text


def test_a_secret_of_a_suspended_client_is_told_to_expire_not_to_stop_working(
    login, partner, reviewer, time_machine
):
    registration, _ = revealed(partner, reviewer)
    secrets.rotate(registration.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    reveal(registration, partner)
    ends = registration.secrets.get(status="retiring").expires_at
    client.suspend(registration.uuid, by=reviewer, reason="It was sold.")
    time_machine.move_to(ends - timedelta(hours=4))
    assert secrets.remind_due() == 1
    time_machine.move_to(ends)
    assert secrets.expire_due() == 1
    expired, reminded = (one.split("UTC ")[1] for one in happened(login(partner).get(at(registration)))[:2])
    assert expired.startswith("The old client secret expired, as chosen when the new one was issued.")
    assert reminded.startswith("Pleo sent a reminder that the old client secret expires soon.")


def test_refused_attempts_are_not_part_of_the_story(login, partner, reviewer, viewer):
    registration = approved(partner, reviewer)
    secret = registration.secrets.get()
    login(viewer).post(at(registration, f"secrets/{secret.uuid}/reveal/"))
    events.record_refusal("revision.submitted", by=partner, stream=registration.uuid, outcome="failed")
    assert len(happened(login(partner).get(at(registration)))) == 3


def test_what_is_live_is_shown_while_a_change_waits(login, partner, reviewer):
    registration = change(approved(partner, reviewer), partner, client_name="Changed Client")
    drafting.submit(registration.uuid, by=partner)
    page = login(partner).get(at(registration))
    assert [e.words() for e in elements(page.text) if e.tag == "h1"] == ["Example Client"]
    assert page.text.index("Changes under review") < page.text.index("Live version")
    assert "Changed Client" in page.text


@pytest.mark.parametrize("person", ["partner", "colleague"])
def test_a_waiting_secret_is_announced_to_those_who_may_reveal_it(
    login, request, partner, reviewer, viewer, person
):
    registration = approved(partner, reviewer)
    reader = request.getfixturevalue(person)
    link = "After that it is destroyed. Go to the credentials"
    assert link in next_steps(login(reader).get(at(registration)))
    assert link not in next_steps(login(viewer).get(at(registration)))


def test_what_was_typed_is_never_markup(login, partner):
    registration = a_draft(partner, client_name="<script>alert(1)</script>", client_uri="javascript:alert(1)")
    page = login(partner).get(at(registration)).text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def of_the_exception(page):
    """What the page tells of it; nothing where it tells nothing."""
    panels = with_attribute(page.text, "aria-labelledby", "pkce-title")
    return [panel.words().removeprefix("PKCE exception ") for panel in panels]


def test_an_exception_is_told_as_it_stands(login, partner, reviewer, lead):
    registration = submitted(partner, **with_exception())
    browser = login(partner)
    assert of_the_exception(browser.get(at(registration)))[0].startswith("Requested.")
    pkce.grant(
        registration.uuid, by=lead, seen_version=1, expires_on=in_days(90), signed_in_at=timezone.now()
    )
    assert of_the_exception(browser.get(at(registration)))[0].startswith("Granted until ")
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    (words_,) = of_the_exception(browser.get(at(registration)))
    assert words_.startswith("In force until ")
    assert "PKCE is not required until then." in words_


def test_a_refused_exception_shows_why(login, partner, lead):
    registration = submitted(partner, **with_exception())
    pkce.refuse(registration.uuid, by=lead, seen_version=1, note="Your library <can> do it.")
    page = login(partner).get(at(registration))
    (words_,) = of_the_exception(page)
    assert words_.startswith("Refused. PKCE is required. Withdraw the submission, choose “Supported”")
    assert words_.endswith("“Your library <can> do it.”")
    review.request_changes(registration.uuid, by=lead, seen_version=1, note="Please support PKCE.")
    (words_,) = of_the_exception(login(partner).get(at(registration)))
    assert "Edit the registration, choose “Supported”" in words_


def test_an_exception_past_its_day_is_over_before_anybody_booked_it(login, partner, lead):
    registration = excepted(partner, lead)
    PkceException.objects.update(expires_on=in_days(-1))
    assert of_the_exception(login(partner).get(at(registration)))[0].startswith("Ended on ")


def test_a_client_that_needs_no_exception_is_told_of_none(login, partner, reviewer, lead):
    assert not of_the_exception(login(partner).get(at(approved(partner, reviewer))))
    dropped = change(excepted(partner, lead), partner, pkce_support="supported")
    drafting.submit(dropped.uuid, by=partner)
    review.approve(dropped.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())
    assert not of_the_exception(login(partner).get(at(dropped)))


@pytest.mark.parametrize(
    ("make", "says", "never"),
    [
        (lambda by, _: a_draft(by), "It never became a client", "secrets are revoked"),
        (approved, "its secrets are revoked", "It never became a client"),
    ],
)
def test_what_ended_is_told_as_it_was(login, partner, reviewer, make, says, never):
    registration = make(partner, reviewer)
    client.close(registration.uuid, by=partner)
    page = words(login(partner).get(at(registration)))
    assert says in page
    assert never not in page


def the_next_step(page):
    (panel,) = with_attribute(page.text, "aria-labelledby", "status-title")
    return panel.words()


def primaries(page):
    classes = [(e.get("class") or "").split() for e in elements(page.text)]
    return sum("btn-primary" in names for names in classes)


def test_one_panel_says_who_is_next_with_one_button_at_most(login, partner, viewer, reviewer):
    browser, of_viewer = login(partner), login(viewer)
    for state, (registration, _) in in_every_state(partner, reviewer).items():
        page, read = browser.get(at(registration)), of_viewer.get(at(registration))
        assert page.text.count("panel-action") == 1
        waits = state not in ("Under review", "Live", "Closed")
        assert primaries(page) == waits, state
        assert primaries(read) == 0
        assert ("Next step for Pleo" in the_next_step(page)) == ("nder review" in state)
        is_ours = waits and "nder review" not in state
        assert ("Next step for you " in the_next_step(page)) == is_ours
        assert ("Next step for your organisation" in the_next_step(read)) == is_ours


def test_settled_comments_are_folded(login, partner, reviewer):
    registration = submitted(partner)
    done, still = asked(registration, reviewer), asked(registration, reviewer, field="contacts")
    review.request_changes(registration.uuid, by=reviewer, seen_version=1, note="")
    comments.resolve(registration.uuid, done.uuid, by=reviewer)
    page = login(partner).get(at(registration))
    (folded,) = [e.words() for e in elements(page.text) if e.tag == "details"]
    assert folded.startswith("1 settled comment")
    assert page.text.index(f'data-thread="{still.uuid}"') < page.text.index("<details")
    assert page.text.index(f'data-thread="{done.uuid}"') > page.text.index("<details")


def test_a_change_stands_beside_what_is_live_with_its_lines_marked(login, partner, reviewer):
    registration = approved(partner, reviewer, redirect_uris=["https://a.example/1", "https://a.example/2"])
    change(registration, partner, redirect_uris=["https://a.example/2", "https://a.example/3"])
    page = login(partner).get(at(registration))
    live, proposed = (
        with_attribute(page.text, "data-label", side)[0].words() for side in ("Live", "Proposed")
    )
    assert live == "Removed https://a.example/1 https://a.example/2"
    assert proposed == "https://a.example/2 Added https://a.example/3"
    assert page.text.count("A change is proposed") == 1


def test_the_credentials_are_summed_up_without_the_secret(login, partner, reviewer):
    registration, secret = revealed(partner, reviewer)
    page = login(partner).get(at(registration))
    (panel,) = with_attribute(page.text, "aria-labelledby", "credentials-title")
    assert str(registration.client_id) in panel.words()
    assert f"In use ends in {secret[-4:]}, revealed just now" in panel.words()
    assert secret not in page.text


def test_long_activity_is_folded(login, partner):
    registration = a_draft(partner)
    for _ in range(6):
        drafting.submit(registration.uuid, by=partner)
        drafting.withdraw(registration.uuid, by=partner)
    page = login(partner).get(at(registration))
    (folded,) = [e.words() for e in elements(page.text) if e.tag == "details"]
    assert folded.startswith("3 earlier")
    assert len(happened(page)) == 13
