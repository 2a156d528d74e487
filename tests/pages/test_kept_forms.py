"""A form that comes without a session, or with an expired token, comes back complete."""

import base64
from datetime import timedelta
from unittest.mock import ANY
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from portal.accounts.models import User
from portal.kept_forms.keeping import LONGEST, MOST
from portal.kept_forms.models import KeptForm
from portal.limits import KEEP_FORM
from portal.outbox.worker import run_once
from registrations.management.commands.worker import JOBS, KINDS
from registrations.models import Registration
from tests.pages.addresses import at, secret_at
from tests.pages.elements import with_attribute
from tests.pages.uploading import file, picture
from tests.support import people
from tests.support.commenting import asked, sent_back
from tests.support.kept_forms import fields_of, typed_of
from tests.support.leaks import holds
from tests.support.limits import use_up
from tests.support.registrations import a_draft, again, approved, change, submitted

DESK = (
    "checklist claim close comments confirm_scopes decide keep next organisation_note override pkce preview "
    "reassign reinstate release revoke_exception revoke_secret snooze suspend tell wake"
)
NEW = "/registrations/new/"
LINK = "?kept="
TYPED = {
    "client_name": ["Ledgerly „Über“ & <Söhne> ☃"],
    "client_uri": [" https://client.example/a b "],
    "tos_uri": ["not an address"],
    "policy_uri": [""],
    "contacts": ["one@client.example\nno address\nü@client.example"],
    "redirect_uris": ["https://client.example/callback\nhttp://localhost:8080/*"],
    "scope": ["accounts:write", "users:read"],
    "scope-reason-accounts:write": ["Tills add accounts.\n\n\tEvery one of them."],
    "environment": ["production"],
    "pkce_support": ["exception_requested"],
    "pkce_justification": ["\nA second line.\n  Indented 'quotes' \"too\".\n"],
    "confidential": ["on"],
}


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def mine(login, partner):
    """Somebody signed in, in a browser whose forms need their token."""
    return people.sign_in(Client(enforce_csrf_checks=True), partner)


def filled_in(mine, address=NEW, **changes):
    """What the browser would post after somebody filled in the page, as Django's client takes it."""
    return fields_of(mine.get(address)) | TYPED | changes


def expected(posted):
    """What the page has to show again."""
    beside = ("csrfmiddlewaretoken", "account_note", "kept")
    return {name: values for name, values in posted.items() if name not in beside}


def end_session(mine):
    mine.session.flush()


def sign_out(mine):
    token = mine.get("/accounts/logout/").context["csrf_token"]
    mine.post("/accounts/logout/", {"csrfmiddlewaretoken": str(token)})


def lose_cookies(mine):
    mine.cookies.clear()


def end_by_new_password(mine):
    person = User.objects.get()
    person.set_password("amber-harbour-71")
    person.save()


def sign_in_form(mine, answer, person):
    """Fill in the sign-in page that the answer leads to; returns the page after it."""
    token = mine.get(answer.url).context["csrf_token"]
    posted = {"login": person.email, "password": people.PASSWORD, "csrfmiddlewaretoken": str(token)}
    return mine.post(answer.url, posted, follow=True)


def offered(page):
    """The links to kept forms on the page."""
    return [e.get("href") for e in with_attribute(page.text, "href") if LINK in (e.get("href") or "")]


def asks_to_sign_in(answer, address=NEW):
    return (answer.status_code, answer.url) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("lost", [end_session, sign_out, lose_cookies])
def test_a_new_registration_comes_back_after_sign_in_and_is_saved_when_asked(mine, partner, lost):
    posted = filled_in(mine)
    lost(mine)
    answer = mine.post(NEW, posted)
    assert asks_to_sign_in(answer)
    assert "You are signed out. If this form was yours, we keep what you typed" in mine.get(answer.url).text
    page = sign_in_form(mine, answer, partner)
    assert "We kept what you typed at" in page.text
    (link,) = offered(page)
    again_shown = mine.get(link)
    assert "It is not saved yet" in again_shown.text
    assert typed_of(again_shown) == expected(posted)
    assert not Registration.objects.exists()
    saved = mine.post(NEW, fields_of(again_shown) | {"then": "save"}, follow=True)
    assert Registration.objects.get().draft.data["client_name"] == TYPED["client_name"][0]
    assert not KeptForm.objects.exists()
    assert offered(saved) == offered(mine.get("/registrations/")) == []


def test_a_session_that_a_new_password_ended_loses_nothing(mine, partner):
    posted = filled_in(mine)
    end_by_new_password(mine)
    assert asks_to_sign_in(mine.post(NEW, posted))
    people.sign_in(mine, User.objects.get())
    (link,) = offered(mine.get("/registrations/"))
    assert typed_of(mine.get(link)) == expected(posted)


def test_an_edit_comes_back_with_its_answers_to_the_reviewer(mine, partner, reviewer):
    registration = submitted(partner)
    asked(registration, reviewer)
    sent_back(registration, reviewer)
    address = at(registration, "edit/")
    (answer_field,) = [name for name in fields_of(mine.get(address)) if name.startswith("answer")]
    posted = filled_in(mine, address, **{answer_field: ["It is the name of our\nmuseum."]})
    end_session(mine)
    answer = mine.post(address, posted)
    assert asks_to_sign_in(answer, address)
    (link,) = offered(sign_in_form(mine, answer, partner))
    assert typed_of(mine.get(link)) == expected(posted)


def test_an_expired_token_shows_the_form_again_and_saves_nothing(mine, partner):
    registration = a_draft(partner)
    address = at(registration, "edit/")
    posted = filled_in(mine, address)
    people.sign_in(mine, partner)
    mine.cookies["__Host-portal-csrf"] = "x" * 32
    answer = mine.post(address, posted)
    assert answer.status_code == 302
    assert answer.url.startswith(address + LINK)
    page = mine.get(answer.url)
    assert "It is not saved yet" in page.text
    assert "We kept what you typed" not in page.text
    assert typed_of(page) == expected(posted)
    assert again(registration).draft.version == 1
    assert mine.post(address, fields_of(page)).status_code == 302
    assert again(registration).draft.data["client_name"] == TYPED["client_name"][0]
    assert not KeptForm.objects.exists()


def test_an_expired_token_after_the_session_asks_to_sign_in(mine):
    posted = filled_in(mine)
    lose_cookies(mine)
    assert asks_to_sign_in(mine.post(NEW, posted))
    assert KeptForm.objects.count() == 1


def test_a_page_left_with_an_expired_token_is_offered_elsewhere(mine, partner):
    posted = filled_in(mine)
    mine.cookies["__Host-portal-csrf"] = "x" * 32
    link = mine.post(NEW, posted).url
    assert offered(mine.get("/registrations/")) == [link]


@pytest.mark.parametrize("who", ["stranger", "colleague"])
def test_another_account_sees_nothing_of_it(mine, partner, who, request):
    posted, other = filled_in(mine), request.getfixturevalue(who)
    end_session(mine)
    answer = mine.post(NEW, posted)
    page = sign_in_form(mine, answer, other)
    assert page.status_code == 200
    assert offered(page) == []
    kept = KeptForm.objects.get()
    page = mine.get(f"{NEW}{LINK}{kept.uuid}")
    assert "What you typed is no longer kept" in page.text
    assert "Ledgerly" not in page.text


def test_another_account_with_the_first_ones_form_is_refused(mine, partner, stranger):
    """Its token is that of an earlier session. The form waits for the account that typed it."""
    posted = filled_in(mine)
    sign_out(mine)
    sign_in_form(mine, mine.get(NEW), stranger)
    answer = mine.post(NEW, posted)
    assert answer.status_code == 403
    assert "Ledgerly" not in answer.text
    assert not Registration.objects.exists()
    assert KeptForm.objects.get().owner == partner


def forged(note, partner):
    return note[:-1] + ("A" if note[-1] != "A" else "B")


def signed_otherwise(note, partner):
    return signing.TimestampSigner(salt="else").sign_object({"account": partner.pk})


def of_a_deactivated_account(note, partner):
    User.objects.update(is_active=False)
    return note


def of_an_account_whose_number_is_somebody_elses_now(note, partner):
    """After a restore: the account is not in the backup."""
    User.objects.filter(pk=partner.pk).update(pseudonym=uuid4())
    return note


def missing(note, partner):
    return ""


@pytest.mark.parametrize(
    "change",
    [
        forged,
        signed_otherwise,
        of_a_deactivated_account,
        of_an_account_whose_number_is_somebody_elses_now,
        missing,
    ],
)
def test_without_a_valid_note_the_answer_is_the_same_and_nothing_is_kept(mine, partner, change):
    posted = filled_in(mine)
    end_session(mine)
    valid = mine.post(NEW, posted)
    KeptForm.objects.all().delete()
    invalid = mine.post(NEW, posted | {"account_note": [change(posted["account_note"][0], partner)]})
    assert (invalid.status_code, invalid.url, dict(invalid.headers)) == (
        valid.status_code,
        valid.url,
        dict(valid.headers) | {"X-Request-ID": ANY},
    )
    assert not KeptForm.objects.exists()


def test_a_note_of_the_release_before_is_valid(mine, partner):
    posted = filled_in(mine)
    end_session(mine)
    note = signing.TimestampSigner(salt="portal.kept_forms.notes").sign_object({"account": partner.pk})
    mine.post(NEW, posted | {"account_note": [note]})
    assert KeptForm.objects.get().owner == partner


@pytest.mark.parametrize(("days", "kept"), [(6, 1), (8, 0)])
def test_a_note_is_valid_for_a_week(mine, days, kept):
    posted = filled_in(mine)
    end_session(mine)
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        assert asks_to_sign_in(mine.post(NEW, posted))
    assert KeptForm.objects.count() == kept


def test_nobody_opens_it_after_an_hour_and_the_worker_deletes_it(mine, partner):
    posted = filled_in(mine)
    end_session(mine)
    answer = mine.post(NEW, posted)
    (link,) = offered(sign_in_form(mine, answer, partner))
    for minutes, is_there in ((59, True), (61, False)):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            assert offered(mine.get("/registrations/")) == ([link] if is_there else [])
            page = mine.get(link)
            assert ("Ledgerly" in page.text) is is_there
            assert ("What you typed is no longer kept" in page.text) is not is_there
            run_once(KINDS, JOBS)
            assert KeptForm.objects.exists() is is_there


def test_the_database_holds_nothing_that_was_typed(mine, partner):
    posted = filled_in(mine)
    end_session(mine)
    people_typed = [TYPED["client_name"][0], "Tills add accounts", "no address"]
    sign_in_form(mine, mine.post(NEW, posted), partner)
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            dump = repr(cursor.fetchall()).encode()
        assert not any(holds(text, dump) for text in people_typed), table


def test_a_row_that_is_copied_to_somebody_else_does_not_open(mine, partner, stranger):
    posted = filled_in(mine)
    end_session(mine)
    mine.post(NEW, posted)
    kept = KeptForm.objects.get()
    KeptForm.objects.update(owner=stranger)
    page = people.sign_in(Client(), stranger).get(f"{NEW}{LINK}{kept.uuid}")
    assert "What you typed is no longer kept" in page.text
    assert "Ledgerly" not in page.text


def test_a_lost_key_keeps_the_page_working(mine, partner, settings):
    posted = filled_in(mine)
    end_session(mine)
    (link,) = offered(sign_in_form(mine, mine.post(NEW, posted), partner))
    settings.PORTAL_FERNET_KEYS = [base64.urlsafe_b64encode(b"x" * 32).decode()]
    assert "What you typed is no longer kept" in mine.get(link).text


def test_a_file_is_not_kept_and_the_page_says_so(mine, partner):
    posted = filled_in(mine) | {"logo": file(picture())}
    end_session(mine)
    (link,) = offered(sign_in_form(mine, mine.post(NEW, posted), partner))
    assert "Choose the logo again" in mine.get(link).text


def test_once_it_was_sent_again_no_page_says_that_it_is_not_saved(mine, partner):
    """The answer to the post is a page where something else is wrong: the logo."""
    posted = filled_in(mine)
    end_session(mine)
    (link,) = offered(sign_in_form(mine, mine.post(NEW, posted), partner))
    again = fields_of(mine.get(link)) | {"logo": SimpleUploadedFile("logo.png", b"no picture")}
    answer = mine.post(NEW, again, follow=True)
    assert "It is not saved yet" not in answer.text
    assert offered(answer) == []


def test_what_is_posted_to_the_address_of_a_kept_form_is_saved(mine, partner):
    posted = filled_in(mine)
    end_session(mine)
    (link,) = offered(sign_in_form(mine, mine.post(NEW, posted), partner))
    mine.post(link, fields_of(mine.get(link)) | {"client_name": ["Typed later"]})
    assert Registration.objects.get().draft.data["client_name"] == "Typed later"
    assert not KeptForm.objects.exists()


def test_a_form_that_is_too_long_is_not_kept_and_the_answer_is_the_same(mine):
    posted = filled_in(mine)
    end_session(mine)
    assert asks_to_sign_in(mine.post(NEW, posted | {"policy_uri": ["x" * LONGEST]}))
    assert not KeptForm.objects.exists()


def test_an_account_has_the_newest_of_each_address_and_five_in_all(mine, partner):
    addresses = [at(a_draft(partner), "edit/") for _ in range(MOST)]
    posted = {address: filled_in(mine, address) for address in (NEW, *addresses)}
    end_session(mine)
    for address, fields in posted.items():
        mine.post(address, fields)
    mine.post(addresses[0], posted[addresses[0]] | {"client_name": ["Newest"]})
    assert set(KeptForm.objects.values_list("address", flat=True)) == set(addresses)
    people.sign_in(mine, partner)
    links = offered(mine.get("/registrations/"))
    assert len(links) == MOST
    assert typed_of(mine.get(links[0]))["client_name"] == ["Newest"]


def test_a_session_is_offered_no_more_than_is_kept(mine, partner):
    """The oldest goes from the notices, as it goes from the database."""
    addresses = [NEW, *(at(a_draft(partner), "edit/") for _ in range(MOST))]
    posted = {address: filled_in(mine, address) for address in addresses}
    mine.cookies["__Host-portal-csrf"] = "x" * 32
    links = [mine.post(address, fields).url for address, fields in posted.items()]
    assert offered(mine.get("/registrations/")) == links[:0:-1]


@pytest.mark.parametrize("is_forged", [False, True])
@pytest.mark.parametrize("lost", [end_session, lose_cookies])
def test_a_network_may_not_send_them_without_end(mine, is_forged, lost):
    posted = filled_in(mine)
    if is_forged:
        posted["account_note"] = ["forged"]
    lost(mine)
    use_up(KEEP_FORM, "127.0.0.1")
    answer = mine.post(NEW, posted)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert not KeptForm.objects.exists()


def test_it_can_be_discarded_by_its_owner_alone(mine, partner, stranger):
    posted = filled_in(mine)
    end_session(mine)
    page = sign_in_form(mine, mine.post(NEW, posted), partner)
    kept = KeptForm.objects.get()
    (form,) = [e for e in with_attribute(page.text, "action") if "/kept/" in e.get("action")]
    elsewhere = people.sign_in(Client(), stranger).post(form.get("action"))
    assert (elsewhere.status_code, elsewhere.url) == (302, "/registrations/")
    assert KeptForm.objects.get() == kept
    discarding = {"csrfmiddlewaretoken": str(page.context["csrf_token"]), "back": NEW}
    after = mine.post(form.get("action"), discarding, follow=True)
    assert after.request["PATH_INFO"] == NEW
    assert "What you typed was discarded." in after.text
    assert (offered(after), KeptForm.objects.count()) == ([], 0)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_discarding_leads_to_no_other_site(login, partner, back):
    address = "/kept/00000000-0000-4000-8000-000000000000/discard/"
    assert login(partner).post(address, {"back": back}).url == "/registrations/"


@pytest.mark.parametrize("named", ["", "x", "00000000-0000-4000-8000-000000000000", "\x01"])
def test_a_link_to_nothing_shows_the_form_as_it_is(login, partner, named):
    registration = a_draft(partner)
    page = login(partner).get(at(registration, "edit/"), {"kept": named})
    assert "What you typed is no longer kept" in page.text
    assert typed_of(page)["client_name"] == ["Example Client"]


def test_a_kept_form_opens_at_its_own_address_alone(mine, partner):
    posted = filled_in(mine)
    end_session(mine)
    (link,) = offered(sign_in_form(mine, mine.post(NEW, posted), partner))
    page = mine.get(at(a_draft(partner), "edit/") + LINK + link.partition(LINK)[2])
    assert "Ledgerly" not in page.text


def test_a_script_that_reads_json_keeps_its_own_page(mine):
    posted = filled_in(mine)
    end_session(mine)
    assert mine.post(NEW, posted, headers={"Accept": "application/json"}).status_code == 401
    assert not KeptForm.objects.exists()


def test_a_refusal_keeps_what_was_kept(mine, partner):
    registration = a_draft(partner)
    address = at(registration, "edit/")
    posted = filled_in(mine, address)
    end_session(mine)
    page = sign_in_form(mine, mine.post(address, posted), partner)
    fields = fields_of(mine.get(offered(page)[0]))
    partner.memberships.update(role="viewer")
    assert mine.post(address, fields).status_code == 403
    assert KeptForm.objects.exists()


def test_an_automatic_save_discards_what_was_kept_only_once_it_is_saved(mine, partner):
    registration = a_draft(partner)
    address = at(registration, "edit/")
    posted = filled_in(mine, address)
    end_session(mine)
    link = offered(sign_in_form(mine, mine.post(address, posted), partner))[0]
    change(registration, partner, client_name="Saved elsewhere")
    fields, by_itself = fields_of(mine.get(link)), {"Accept": "application/json"}
    assert mine.post(address, fields, headers=by_itself).status_code == 409
    assert typed_of(mine.get(link)) == expected(posted)
    newest = {"draft_version": again(registration).draft.version}
    assert mine.post(address, fields | newest, headers=by_itself).status_code == 200
    assert not KeptForm.objects.exists()


def test_discarding_does_not_lead_back_to_an_address_that_shows_nothing(login, partner, reviewer):
    live = approved(partner, reviewer)
    browser = login(partner)
    Client().post(at(live, "edit/"), fields_of(browser.get(at(live, "edit/"))))
    secret = login(partner).post(secret_at(live, live.secrets.get(), "reveal"))
    back = with_attribute(secret.text, "name", "back")[0].get("value")
    address = f"/kept/{KeptForm.objects.get().uuid}/discard/"
    assert login(partner).post(address, {"back": back})["Location"] == "/registrations/"


def test_other_forms_with_an_expired_token_are_refused(mine, partner):
    mine.cookies["__Host-portal-csrf"] = "x" * 32
    answer = mine.post("/registrations/import/", {"document": "{}"})
    assert (answer.status_code, answer.templates[0].name) == (403, "403_csrf.html")


def test_only_forms_of_a_registration_are_kept():
    """No page with a password or a secret may be among them."""

    def kept(resolver):
        for entry in resolver.url_patterns:
            if hasattr(entry, "url_patterns"):
                yield from kept(entry)
            elif getattr(entry.callback, "keeps_what_is_typed", False):
                yield entry.name

    token = "registrations_apitoken_revoke"
    desk = [token, *(f"registrations_registration_{verb}" for verb in DESK.split())]
    assert sorted(kept(get_resolver())) == ["close", "edit", "message", "new", *desk, "restrict", "revoke"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("&".join(f"a{number}=1" for number in range(400)), "application/x-www-form-urlencoded"),
        ("x", "multipart/form-data; boundary="),
    ],
)
def test_an_unreadable_form_at_an_unknown_address_is_not_read(mine, partner, body, content_type):
    assert mine.post("/nowhere/", body, content_type=content_type).status_code == 404


def test_what_was_ticked_to_take_away_comes_back_and_nothing_is_taken(mine, partner, reviewer):
    live = approved(partner, reviewer, redirect_uris=["https://client.example/a", "https://client.example/b"])
    address = at(live, "restrict/")
    posted = fields_of(mine.get(address)) | {
        "redirect_uris": ["https://client.example/b"],
        "scope": ["users:write"],
        "sure": ["on"],
    }
    end_session(mine)
    answer = mine.post(address, posted)
    assert asks_to_sign_in(answer, address)
    (link,) = offered(sign_in_form(mine, answer, partner))
    page = mine.get(link)
    assert (page.status_code, typed_of(page)) == (200, expected(posted))
    assert "It is not done yet: check it, then confirm it." in page.text
    assert live.revisions.live().get().number == 1
    mine.post(address, fields_of(page))
    assert live.revisions.live().get().uris() == ("https://client.example/a",)
    assert not KeptForm.objects.exists()


def test_the_tick_to_close_comes_back_and_nothing_is_closed(mine, partner, reviewer):
    live = approved(partner, reviewer)
    address = at(live, "close/")
    posted = fields_of(mine.get(address)) | {"sure": ["on"]}
    end_session(mine)
    answer = mine.post(address, posted)
    (link,) = offered(sign_in_form(mine, answer, partner))
    page = mine.get(link)
    assert (page.status_code, typed_of(page)) == (200, {"sure": ["on"]})
    assert again(live).status == "active"
    mine.post(address, fields_of(page))
    assert again(live).status == "closed"
