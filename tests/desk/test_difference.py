"""The review page puts the difference first, and first submissions under doubt."""

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from registrations.workflow import drafting, pkce, review
from tests.desk.pages import review_path
from tests.pages.elements import elements, with_attribute
from tests.support.commenting import asked, sent_back
from tests.support.people import partner
from tests.support.registrations import a_logo, applied, approved, change, submitted, with_exception
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

NEW = "https://evil.example/callback"


def changing(desk, by, **changes):
    registration = approved(by, desk.who)
    change(registration, by, **changes)
    drafting.submit(registration.uuid, by=by)
    return registration


def texts(page, tag):
    return [e.words() for e in elements(page) if e.tag == tag]


def values(page, name):
    return [e.get(name) for e in with_attribute(page, name)]


def test_the_gravest_change_stands_on_top(desk, by):
    logo = a_logo("a" * 64)
    registration = changing(
        desk,
        by,
        client_name="Renamed Client",
        logo=logo,
        contacts=["other@client.example"],
        redirect_uris=[NEW],
        scope=["test:test", "users:read", "users:write", "tags:write"],
    )
    page = desk.get(review_path(registration)).text
    assert values(page, "data-changed") == ["redirect_uris", "scope", "client_name", "logo", "contacts"]
    assert page.count("can change records") == 2
    assert [e.words() for e in with_attribute(page, "class", "desk-mark")][:2] == [
        "New redirect host",
        "More access",
    ]


def test_the_part_that_differs_is_marked_in_words_as_well(desk, by):
    page = desk.get(review_path(changing(desk, by, redirect_uris=[NEW]))).text
    assert texts(page, "del") == ["[former host: client.example]"]
    assert texts(page, "ins") == ["[new host: evil.example]"]


def test_an_address_where_none_was_is_no_new_host(desk, by):
    page = desk.get(review_path(changing(desk, by, initiation_uri="https://client.example/start"))).text
    assert not texts(page, "ins") + texts(page, "del")
    (changed,) = with_attribute(page, "data-changed")
    assert changed.words() == "Initiation URI Not given https://client.example/start"


def test_a_new_address_on_an_old_host_is_marked_where_it_is_new(desk, by):
    more = ["https://client.example/callback", "https://client.example/callback/second"]
    page = desk.get(review_path(changing(desk, by, redirect_uris=more))).text
    assert texts(page, "ins") == ["[new part: /second]"]
    assert not texts(page, "del")


def test_what_is_unchanged_is_folded_and_what_changed_is_not_told_twice(desk, by):
    page = desk.get(review_path(changing(desk, by, redirect_uris=[NEW]))).text
    assert len(with_attribute(page, "data-unchanged")) == 1
    assert "redirect_uris" not in values(page, "data-shows")
    assert {"client_name", "contacts", "environment"} <= set(values(page, "data-shows"))


def test_what_is_live_and_what_came_back_last_are_both_compared(desk, by):
    registration = changing(desk, by, redirect_uris=[NEW], client_name="Renamed Client")
    review.request_changes(registration.uuid, by=desk.who, seen_version=2, note="Another host, please.")
    change(registration, by, redirect_uris=["https://client.example/new"])
    drafting.submit(registration.uuid, by=by)
    page = desk.get(review_path(registration)).text
    assert "What would change in the live client (revision 1)" in page
    assert "What changed since revision 2 (changes requested)" in page
    assert values(page, "data-changed") == ["redirect_uris", "client_name", "redirect_uris"]
    links = [e.get("href") for e in elements(page) if e.tag == "a"]
    for anchor in ("against-live", "against-last"):
        assert f"#{anchor}" in links
        assert len(with_attribute(page, "id", anchor)) == 1


def test_what_took_effect_without_a_review_is_told_so(desk, by):
    page = desk.get(review_path(applied(by, desk.who))).text
    assert "Put into effect without a review by partner@client.example" in page
    assert "What changed since revision 1 (superseded)" in page
    assert values(page, "data-changed") == ["contacts"]


def test_a_first_submission_shows_what_to_doubt(desk, by):
    asked = {"rule": "R-36", "value": "https://app.pleo.io/cb", "reason": "We build it for Pleo."}
    typed = with_exception(
        redirect_uris=["https://evil.example/cb", asked["value"]],
        contacts=["me@gmail.com"],
        review_asked=[asked],
    )
    page = desk.get(review_path(submitted(by, **typed))).text
    assert values(page, "data-doubt") == ["host_off_site", "write_scope", "pkce_requested", "override"]
    assert values(page, "data-aside") == ["newcomer", "findings"]
    assert page.index("<code>evil.example</code>") < page.index("<code>app.pleo.io</code>")
    assert "<code>users:write</code>" in page
    assert not with_attribute(page, "data-unchanged")


def test_what_was_answered_needs_no_second_look(leads_desk, by):
    asked = {"rule": "C-07", "value": "me@mailinator.com", "reason": "Our server moves this month."}
    registration = submitted(by, **with_exception(contacts=["me@mailinator.com"], review_asked=[asked]))
    assert {"pkce_requested", "override"} <= set(
        values(leads_desk.get(review_path(registration)).text, "data-doubt")
    )
    seen = {"by": leads_desk.who, "seen_version": 1}
    pkce.refuse(registration.uuid, note="Use a current library.", **seen)
    pair = {"rule": asked["rule"], "value": asked["value"]}
    review.override(registration.uuid, reason="Only for a month.", **pair, **seen)
    assert not {"pkce_requested", "override"} & set(
        values(leads_desk.get(review_path(registration)).text, "data-doubt")
    )


def test_a_second_round_says_first_what_the_partner_answered(desk, by):
    registration = submitted(by)
    name = asked(registration, desk.who)
    asked(registration, desk.who, "Who reads this?", field="contacts")
    sent_back(registration, desk.who)
    change(registration, by, answers={str(name.uuid): "The one for accountants."})
    drafting.submit(registration.uuid, by=by)
    page = desk.get(review_path(registration)).text
    assert values(page, "data-answered") == ["client_name"]
    assert 'href="#comments-client_name">Client name</a>' in page
    assert page.index("data-answered") < page.index("against-last")


def test_what_to_doubt_stays_until_something_is_approved(desk, by):
    foreign = {"redirect_uris": ["https://evil.example/cb"]}
    registration = submitted(by, **foreign)
    sent_back(registration, desk.who, "Which host is yours?")
    change(registration, by, client_name="Renamed Client")
    drafting.submit(registration.uuid, by=by)
    assert "host_off_site" in values(desk.get(review_path(registration)).text, "data-doubt")
    review.approve(registration.uuid, by=desk.who, seen_version=2, signed_in_at=timezone.now())
    change(registration, by, client_name="Renamed again", **foreign)
    drafting.submit(registration.uuid, by=by)
    assert not values(desk.get(review_path(registration)).text, "data-doubt")


def test_a_plain_first_submission_leaves_nothing_to_doubt(desk, by):
    page = desk.get(review_path(submitted(by, scope=["test:test"]))).text
    assert not with_attribute(page, "data-doubts")


@pytest.mark.parametrize(
    ("email", "kind"),
    [
        ("dev@mail.client.example", "same_site"),
        ("dev@agency.example", "other"),
        ("dev@gmail.com", "free"),
    ],
)
def test_the_submitters_mail_domain_stands_beside_the_hosts(desk, email, kind):
    registration = submitted(partner(email, "Agency Ltd"))
    page = desk.get(review_path(registration)).text
    assert values(page, "data-mail") == [kind]
    assert "Not verified" not in page
    assert values(page, "data-host") == ["client.example"]
    EmailAddress.objects.filter(email=email).update(verified=False)
    assert "Not verified" in desk.get(review_path(registration)).text


def test_the_page_keeps_its_budget(desk, by):
    uris = [f"https://client{number}.example/cb" for number in range(20)]
    registration = approved(by, desk.who, redirect_uris=uris)
    for number in range(2, 5):
        change(registration, by, redirect_uris=uris[number:], client_name=f"Renamed {number} times")
        drafting.submit(registration.uuid, by=by)
        review.request_changes(registration.uuid, by=desk.who, seen_version=number, note="No.")
    with statements() as made:
        desk.get(review_path(registration))
    assert len(made) <= 16
