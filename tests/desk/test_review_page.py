from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registrations.models import ClientSecret
from registrations.workflow import client, drafting, review
from tests.desk.pages import review_path
from tests.support.people import colleague, home, organisation, partner, person, reviewer, sign_in
from tests.support.registrations import a_draft, a_logo, approved, change, revealed, submitted, with_exception

pytestmark = pytest.mark.django_db

ADDRESS = '<span class="desk-address">https://<strong>client.example</strong>/callback</span>'


def test_every_value_is_on_the_page(desk, by):
    typed = with_exception(
        initiation_uri="https://client.example/connect",
        configuration_uri="https://client.example/settings",
        subject_type_preference="company",
        pkce_controls="The code is bound to the session.",
    )
    page = desk.get(review_path(submitted(by, **typed))).text
    for name, value in typed.items():
        if name in ("confidential", "environment", "pkce_support", "subject_type_preference"):
            continue
        for entry in [value] if isinstance(value, str) else value:
            assert entry.partition("//")[2].partition("/")[2] in page if "//" in entry else entry in page, (
                name
            )
    for words in ("Staging", "Exception requested", "Company", "Yes"):
        assert words in page


def test_a_late_request_says_so_on_its_page(desk, waiting):
    assert ">Late</span>" not in desk.get(review_path(waiting)).text
    waiting.revisions.update(submitted_at=timezone.now() - timedelta(days=7))
    assert ">Late</span>" in desk.get(review_path(waiting)).text
    review.reject(waiting.uuid, by=desk.who, seen_version=1, note="No.")
    assert ">Late</span>" not in desk.get(review_path(waiting)).text


def test_hosts_stand_out_and_pages_open_apart(desk, waiting):
    page = desk.get(review_path(waiting)).text
    assert ADDRESS in page
    assert (
        'rel="noopener noreferrer nofollow" target="_blank">https://<strong>client.example</strong>/<' in page
    )
    assert page.count("target=") == page.count('rel="noopener noreferrer nofollow" target="_blank"')


def test_the_clients_of_the_organisation_are_counted_by_what_they_may_do(desk, waiting, by):
    client.suspend(approved(by, desk.who).uuid, by=desk.who, reason="It is unsafe.")
    approved(by, desk.who)
    review.reject(submitted(by).uuid, by=desk.who, seen_version=1, note="No.")
    assert "Client Ltd · 1 live, 1 suspended, 2 not live · " in desk.get(review_path(waiting)).text


def test_scopes_that_write_stand_out(desk, waiting):
    page = desk.get(review_path(waiting)).text
    assert page.count("can change records") == 1
    assert "Invite, change and remove users." in page


def test_an_end_users_view_is_drawn(desk, waiting):
    page = desk.get(review_path(waiting)).text
    assert "<strong>Example Client</strong> wants to connect to your Pleo account" in page


def test_the_logo_is_shown_on_light_and_on_dark(desk, by):
    registration = submitted(by, logo=a_logo("a" * 64, digest_128="1" * 64, digest_256="2" * 64))
    page = desk.get(review_path(registration)).text
    small, large = f"/logos/{'1' * 64}.png", f"/logos/{'2' * 64}.png"
    for backdrop in ("desk-on-light", "desk-on-dark"):
        assert f'{backdrop}"><img src="{small}" srcset="{small} 1x, {large} 2x"' in page
    assert page.count(f'src="{small}"') == 4
    assert "512 × 512 pixels" in page


def test_the_reviewer_reads_what_the_rules_say_of_the_logo(desk, by):
    registration = submitted(by, logo=a_logo("a" * 64, width=200, height=200, is_blank=True))
    page = desk.get(review_path(registration)).text
    for rule in ("L-06", "L-10"):
        assert f'data-field="logo" data-rule="{rule}" data-severity="warn"' in page


def test_a_new_logo_is_part_of_the_difference(desk, by):
    registration = submitted(by, logo=a_logo("a" * 64))
    drafting.withdraw(registration.uuid, by=by)
    change(registration, by, logo=a_logo("b" * 64))
    drafting.submit(registration.uuid, by=by)
    answer = desk.post(review_path(registration), {"decision": "approve", "seen_version": 1})
    assert answer.status_code == 409
    stale = answer.text.partition("What changed since then")[2].partition("Nothing was decided.")[0]
    assert 'data-changed="logo"' in stale
    assert stale.index("a" * 64) < stale.index("b" * 64)


def test_findings_carry_rule_field_and_severity(desk, waiting):
    revision = waiting.revisions.get()
    finding = {
        "rule": "R-60",
        "severity": "warn",
        "field": "redirect_uris",
        "index": 0,
        "message": "Is <this> right?",
        "suggestion": None,
        "excerpt": "/callback",
    }
    type(revision).objects.filter(pk=revision.pk).update(findings=[finding])
    page = desk.get(review_path(waiting)).text
    assert 'data-field="redirect_uris" data-rule="R-60" data-severity="warn"' in page
    assert "Redirect URIs, entry 1:" in page
    assert "Is &lt;this&gt; right?" in page


def test_the_difference_to_the_live_client_is_shown(desk, by):
    registration = approved(by, desk.who)
    change(registration, by, redirect_uris=["https://client.example/new"], client_name="Renamed Client")
    drafting.submit(registration.uuid, by=by)
    page = desk.get(review_path(registration)).text
    assert "What would change in the live client (revision 1)" in page
    assert [
        name for name in ("client_name", "redirect_uris", "contacts") if f'data-changed="{name}"' in page
    ] == [
        "client_name",
        "redirect_uris",
    ]
    assert 'class="desk-removed"' in page
    assert 'class="desk-added"' in page


def test_what_came_back_shows_what_changed_since(desk, by, waiting):
    drafting.withdraw(waiting.uuid, by=by)
    change(waiting, by, contacts=["other@client.example"])
    drafting.submit(waiting.uuid, by=by)
    page = desk.get(review_path(waiting)).text
    assert "What changed since revision 1 (withdrawn)" in page
    assert 'data-changed="contacts"' in page


def test_staff_see_hint_and_status_of_a_secret_and_no_more(desk, by):
    registration, plain = revealed(by, desk.who)
    secret = ClientSecret.objects.get(registration=registration)
    page = desk.get(review_path(registration)).text
    assert str(registration.client_id) in page
    assert f"Active, ends in <code>{secret.hint}</code>" in page
    assert plain not in page
    assert secret.verifier not in page


def test_a_sealed_secret_is_not_even_read(desk, by, django_assert_max_num_queries):
    registration = approved(by, desk.who)
    sealed = ClientSecret.objects.get(registration=registration).sealed_secret
    with django_assert_max_num_queries(30) as seen:
        page = desk.get(review_path(registration)).text
    assert sealed not in page
    assert not [each for each in seen.captured_queries if '"sealed_secret"' in each["sql"]]


def test_the_page_costs_the_same_however_long_the_story(desk, by, waiting):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            desk.get(review_path(waiting))
        return len(seen.captured_queries)

    drafting.withdraw(waiting.uuid, by=by)
    drafting.submit(waiting.uuid, by=by)
    short = cost()
    for _ in range(4):
        drafting.withdraw(waiting.uuid, by=by)
        drafting.submit(waiting.uuid, by=by)
    assert cost() == short


def test_markup_from_a_partner_is_text(desk, by):
    typed = with_exception()
    typed["pkce_justification"] = "<script>alert(1)</script> and more words than twenty"
    page = desk.get(review_path(submitted(by, **typed))).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_nobody_but_reviewers_gets_in(client, waiting, by):
    path = review_path(waiting)
    for method in (client.get, client.post):
        assert method(path)["Location"].startswith("/admin/login/")
    for somebody in (by, partner("other@client.example", "Other Ltd")):
        sign_in(client, somebody)
        assert client.get(path)["Location"].startswith("/admin/login/")
        assert client.get(path, follow=True).status_code == 403
    sign_in(client, person("clerk@portal.example", is_staff=True))
    assert client.get(path).status_code == 403
    assert client.post(path, {"decision": "approve", "seen_version": 1}).status_code == 403


def test_a_right_that_was_taken_is_gone_at_once(desk, waiting):
    assert desk.get(review_path(waiting)).status_code == 200
    desk.who.groups.clear()
    assert desk.get(review_path(waiting)).status_code == 403


def test_what_does_not_exist_is_not_found(desk, waiting, by):
    unknown = "00000000-0000-4000-8000-000000000000"
    assert desk.get(f"/admin/registrations/registration/{unknown}/review/").status_code == 404
    assert desk.get("/admin/registrations/registration/nonsense/review/").status_code == 404
    assert desk.get(review_path(a_draft(by))).status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_not_for_this_page(desk, waiting, method):
    assert getattr(desk, method)(review_path(waiting)).status_code == 405


def test_a_reviewer_of_their_own_organisation_looks_but_finds_no_form(client, by, waiting):
    own = reviewer()
    home(by).memberships.create(user=own, role="viewer")
    page = sign_in(client, own).get(review_path(waiting)).text
    assert "so somebody else decides" in page
    assert 'name="decision"' not in page


def test_only_an_approver_finds_the_form_for_an_exception(client, desk, by):
    registration = submitted(by, **with_exception())
    page = desk.get(review_path(registration)).text
    assert "It cannot be approved yet" in page
    assert 'name="pkce_decision"' not in page


def test_a_lead_finds_the_form_for_an_exception(leads_desk, by):
    registration = submitted(by, **with_exception())
    assert 'name="pkce_decision"' in leads_desk.get(review_path(registration)).text


def test_a_colleague_is_no_reviewer(client, by, waiting):
    sign_in(client, colleague(home(by)))
    assert client.get(review_path(waiting), follow=True).status_code == 403


def test_reason_and_controls_of_an_exception_are_there_once(desk, by):
    typed = with_exception(pkce_controls="The code is bound to the session.")
    page = desk.get(review_path(submitted(by, **typed))).text
    assert page.count(typed["pkce_justification"]) == 1
    assert page.count(typed["pkce_controls"]) == 1


def test_a_link_leads_to_the_decision_and_back(desk, waiting):
    page = desk.get(review_path(waiting)).text
    for target in ("decide", "review-top"):
        assert page.count(f'href="#{target}"') == page.count(f'id="{target}"') == 1


def test_what_was_submitted_this_minute_is_just_now(desk, waiting):
    assert ">just now</time>" in desk.get(review_path(waiting)).text


def test_who_submitted_it_is_offered_nothing_after_leaving(desk, by):
    home(by).memberships.create(user=desk.who, role="developer")
    registration = a_draft(by)
    drafting.submit(registration.uuid, by=desk.who)
    home(by).memberships.filter(user=desk.who).delete()
    page = desk.get(review_path(registration)).text
    assert "You can read this page, but you cannot decide." in page
    assert 'name="decision"' not in page


def test_organisations_that_look_alike_are_named(desk, by):
    registration = submitted(by)
    assert "data-similar-organisations" not in desk.get(review_path(registration)).text
    organisation("CLIENT ApS")
    page = desk.get(review_path(registration)).text
    assert "<bdi>CLIENT ApS</bdi>" in page.split("data-similar-organisations")[1].split("</span>")[0]
