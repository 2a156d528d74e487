import pytest

from registrations.admin.queue.search import SEARCHED
from registrations.workflow import assignment, drafting
from tests.desk.pages import QUEUE, review_path
from tests.desk.test_queue import clients, of_the_list
from tests.support.people import auditor, home, partner, reviewer, sign_in
from tests.support.registrations import approved, change, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(desk, by):
    """Two that wait, of two organisations, and one that is live."""
    other = partner("other@bank.example", "Bank of Ships")
    return {
        "Harbour Invoices": submitted(by, client_name="Harbour Invoices"),
        "Ship Ledger": submitted(
            other,
            client_name="Ship Ledger",
            client_uri="https://www.bank.example/ships",
            redirect_uris=["https://auth.bank.example/callback"],
        ),
        "Card Desk": approved(by, desk.who, client_name="Card Desk"),
    }


@pytest.mark.parametrize("path", [QUEUE, "/admin/registrations/scope/"])
def test_all_is_offered_only_where_less_is_shown(leads_desk, waiting, path):
    assert "Show all" not in leads_desk.get(path).text
    assert "Show all" in leads_desk.get(path, {"q": "users:read"}).text


@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("harb", {"Harbour Invoices"}),
        ("HARBOUR INV", {"Harbour Invoices"}),
        ("card", {"Card Desk"}),
        ("bank of", {"Ship Ledger"}),
        ("auth.bank", {"Ship Ledger"}),
        ("https://auth.bank.example/callback", {"Ship Ledger"}),
        ("www.bank.example", {"Ship Ledger"}),
        ("Client.Example", {"Harbour Invoices", "Card Desk"}),
        ("invoices", {"Harbour Invoices"}),
        ("HIP LEDG", {"Ship Ledger"}),
        ("of ships", {"Ship Ledger"}),
        ("h.bank.ex", {"Ship Ledger"}),
        ("bank.example/ships", {"Ship Ledger"}),
        ("other@bank", {"Ship Ledger"}),
        ("ner@client.example", {"Harbour Invoices", "Card Desk"}),
        ("ha", {"Harbour Invoices"}),
        ("ba", {"Ship Ledger"}),
        ("ou", set()),
        ("100%", set()),
        ("__", set()),
        ("___", set()),
        ("\x00abc", set()),
    ],
)
def test_a_search_finds_any_part_in_every_state(desk, three, term, names):
    assert set(clients(desk.get(QUEUE, {"q": term}))) == names


def test_a_search_finds_ids(desk, three):
    live = three["Card Desk"]
    for identifier in (live.client_id, live.uuid, str(live.client_id).upper()):
        assert clients(desk.get(QUEUE, {"q": str(identifier)})) == ["Card Desk"]
    assert clients(desk.get(QUEUE, {"q": "00000000-0000-0000-0000-000000000000"})) == []


def test_a_search_finds_part_of_a_client_id_and_the_hint_of_a_secret(desk, by, three):
    live = three["Card Desk"]
    assert clients(desk.get(QUEUE, {"q": str(live.client_id)[-8:]})) == ["Card Desk"]
    hint = live.secrets.get().hint
    for typed in (hint, hint.upper()):
        assert "Card Desk" in clients(desk.get(QUEUE, {"q": typed}))


@pytest.mark.parametrize("term", ["bücher", "BÜCHER.example", "ücher", "https://shop.bücher.example/x"])
def test_a_search_finds_an_international_host_as_it_is_read(desk, by, term):
    submitted(by, client_name="Book Shop", redirect_uris=["https://shop.xn--bcher-kva.example/callback"])
    submitted(by, client_name="Other Shop", redirect_uris=["https://shop.xn--mnchen-3ya.example/callback"])
    assert clients(desk.get(QUEUE, {"q": term})) == ["Book Shop"]
    assert clients(desk.get(QUEUE, {"q": "xn--bcher"})) == ["Book Shop"]


def test_who_submitted_is_found_after_they_left(desk, by):
    submitted(by, client_name="Left Behind")
    by.memberships.all().delete()
    assert clients(desk.get(QUEUE, {"q": "partner@client"})) == ["Left Behind"]


def test_an_empty_answer_says_what_is_searched(desk, three):
    page = desk.get(QUEUE, {"q": "nothing like it"}).text
    assert "Nothing matches “nothing like it”." in page
    for words in SEARCHED:
        assert f"<li>{words}</li>" in page
    assert "with these filters" in desk.get(QUEUE, {"q": "nothing like it", "kind": "new"}).text
    assert "The search looks at" not in desk.get(QUEUE, {"q": "harb"}).text


def test_a_search_finds_the_reference_that_partners_quote(desk, three):
    registration = three["Ship Ledger"]
    for reference in (registration.reference, registration.reference.upper()):
        assert clients(desk.get(QUEUE, {"q": reference})) == ["Ship Ledger"]
    assert clients(desk.get(QUEUE, {"q": registration.reference[:7]})) == []


def test_a_search_in_a_state_stays_in_it(desk, three):
    query = {"q": "client.example", "state": "under_review"}
    page = desk.get(QUEUE, query)
    assert clients(page) == ["Harbour Invoices"]
    assert '<input type="hidden" name="state" value="under_review">' in page.text
    assert "q=client.example&amp;state=live" in page.text or "state=live&amp;q=client.example" in page.text


@pytest.mark.parametrize("term", ["x", "x" * 201])
def test_a_term_that_says_too_little_or_too_much_is_told_so(desk, waiting, term):
    page = desk.get(QUEUE, {"q": term})
    assert page.status_code == 200
    assert "Enter 2 to 200 characters" in page.text


def test_more_matches_than_are_looked_at_are_told(desk, three, monkeypatch):
    assert "Enter a longer search term" not in desk.get(QUEUE, {"q": "client.example"}).text
    monkeypatch.setattr("registrations.admin.queue.search.MOST_MATCHES", 1)
    assert "More than 1 matches" in desk.get(QUEUE, {"q": "client.example"}).text


def test_claims_narrow_the_queue(desk, by):
    holders = {"Mine": desk.who, "Theirs": reviewer("second@portal.example"), "Nobodys": None}
    for name, holder in holders.items():
        registration = submitted(by, client_name=f"{name} Client")
        if holder:
            assignment.claim(registration.uuid, by=holder)
    approved(by, desk.who, client_name="Live Client")
    for chosen, name in (("mine", "Mine"), ("others", "Theirs"), ("unclaimed", "Nobodys")):
        assert clients(desk.get(QUEUE, {"claim": chosen})) == [f"{name} Client"]
        assert clients(desk.get(QUEUE, {"claim": chosen, "state": "all"})) == [f"{name} Client"]
    assert len(clients(desk.get(QUEUE, {"claim": "garbage"}))) == 3
    page = desk.get(QUEUE).text
    assert 'field-claim">You<' in page
    assert 'field-claim">second@portal.example<' in page


def test_what_waits_for_the_partner_is_a_state_of_its_own(desk, by):
    live = approved(by, desk.who, client_name="Living")
    change(live, by, client_name="Living Still")
    drafting.submit(live.uuid, by=by)
    for registration, number in ((live, 2), (submitted(by, client_name="Pending"), 1)):
        form = {"decision": "request_changes", "note": "More.", "seen_version": number}
        desk.post(review_path(registration), form)
    assert set(clients(desk.get(QUEUE, {"state": "partner"}))) == {"Living Still", "Pending"}
    assert clients(desk.get(QUEUE, {"state": "changes_requested"})) == ["Pending"]


def button(registration, page):
    return f'formaction="{QUEUE}{registration.uuid}/claim/?from=queue' in page.text


def test_a_row_is_claimed_and_the_queue_stays_as_it_was(desk, waiting):
    page = desk.get(QUEUE, {"environment": "staging"})
    kept = "?from=queue&_changelist_filters=environment%3Dstaging"
    assert f'formaction="{QUEUE}{waiting.uuid}/claim/{kept.replace("&", "&amp;")}"' in page.text
    answer = desk.post(f"{QUEUE}{waiting.uuid}/claim/{kept}")
    assert answer["Location"] == f"{QUEUE}?environment=staging"
    assert waiting.revisions.get().claimed_by == desk.who
    assert not button(waiting, desk.get(QUEUE))


def test_who_could_not_decide_is_offered_no_claim(desk, client, by, waiting):
    assert button(waiting, desk.get(QUEUE))
    home(by).memberships.create(user=desk.who, role="viewer")
    assert not button(waiting, desk.get(QUEUE))
    assert not button(waiting, sign_in(client, auditor()).get(QUEUE))


@pytest.mark.parametrize(
    ("submitted_on", "looked_at", "late"),
    [
        ("2026-11-23T10:00Z", "2026-11-25T09:59Z", False),
        ("2026-11-23T10:00Z", "2026-11-25T10:01Z", True),
        ("2026-11-20T10:00Z", "2026-11-24T09:59Z", False),
        ("2026-11-20T10:00Z", "2026-11-24T10:01Z", True),
    ],
)
def test_what_waits_too_long_is_marked_in_words(client, by, time_machine, submitted_on, looked_at, late):
    time_machine.move_to(submitted_on)
    submitted(by)
    time_machine.move_to(looked_at)
    page = sign_in(client, reviewer()).get(QUEUE).text
    assert ('desk-late">Late<' in page) is late


@pytest.mark.parametrize(("days", "late"), [(1, True), (2, False)])
def test_the_target_is_a_setting(client, by, settings, time_machine, days, late):
    settings.PORTAL_REVIEW_TARGET_DAYS = days
    time_machine.move_to("2026-11-23T10:00Z")
    submitted(by)
    time_machine.move_to("2026-11-24T10:01Z")
    assert ('desk-late">Late<' in sign_in(client, reviewer()).get(QUEUE).text) is late


@pytest.mark.parametrize(
    "query",
    [
        {"q": "client"},
        {"q": "client", "state": "under_review"},
        {"claim": "mine"},
        {"needs": "second_look", "state": "all"},
        {"snoozed": "mine"},
    ],
)
def test_search_and_claims_keep_to_the_budget(desk, by, query, django_assert_max_num_queries):
    costs = []
    assignment.claim(submitted(by, client_name="Client first").uuid, by=desk.who)
    for _ in range(2):
        with django_assert_max_num_queries(30) as seen:
            desk.get(QUEUE, query)
        costs.append(len(of_the_list(seen.captured_queries)))
        for number in range(5):
            assignment.claim(submitted(by, client_name=f"Client {number}").uuid, by=desk.who)
    assert costs[0] == costs[1] <= 6
