import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from portal.audit.models import Event
from registrations.admin.csv_files import harmless
from registrations.workflow import drafting, review
from tests.desk.pages import QUEUE
from tests.support.people import auditor, partner, person, reviewer, sign_in
from tests.support.registrations import approved, excepted, submitted
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

OVERVIEW = f"{QUEUE}overview/"


def counted(page):
    """The figure of each state."""
    return dict(re.findall(r'state=(\w+)">[^<]*</a></dt>\s*<dd>([^<]+)<', page.text))


def table(answer):
    """The rows of a file."""
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_states_are_counted_and_lead_to_the_queue(desk, by):
    submitted(by, client_name="Waiting")
    approved(by, desk.who, client_name="Living")
    review.reject(submitted(by).uuid, by=desk.who, seen_version=1, note="No.")
    figures = counted(desk.get(OVERVIEW))
    assert (figures["under_review"], figures["live"], figures["rejected"], figures["closed"]) == tuple("1110")
    assert set(figures).isdisjoint(("all", "no_secret", "changes_requested"))  # which other figures hold


def test_counting_ends_somewhere_and_says_so(desk, by, monkeypatch):
    monkeypatch.setattr("registrations.admin.overview.figures.MOST_COUNTED", 1)
    for number in range(2):
        submitted(by, client_name=f"Client {number}")
    assert counted(desk.get(OVERVIEW))["under_review"] == "more than 1"


def test_the_longest_wait_is_named(desk, by, waiting):
    assert "Nothing is waiting for review." not in desk.get(OVERVIEW).text
    assert "Example Client</a>, submitted just now." in desk.get(OVERVIEW).text
    drafting.withdraw(waiting.uuid, by=by)
    assert "Nothing is waiting for review." in desk.get(OVERVIEW).text


def test_decisions_stand_in_their_week_with_their_median(desk, by):
    now = timezone.now()
    monday = (now - timedelta(days=now.weekday(), weeks=3)).replace(hour=12)
    for hours in (2, 4, 12):
        revision = approved(by, desk.who).revisions
        revision.update(decided_at=monday, submitted_at=monday - timedelta(hours=hours))
    page = desk.get(OVERVIEW).text
    day = f"{monday.day} {monday:%b %Y}"
    assert weekly(page)[day] == ["3", "4.0", "100 % (3 of 3)"]
    assert "style=" not in page.partition("<svg")[2].rpartition("</svg>")[0]
    rows = table(desk.post(f"{OVERVIEW}export/"))
    assert rows[0] == ["week_from", "decisions", "median_hours", "percent_within_target"]
    assert [monday.date().isoformat(), "3", "4.0", "100"] in rows
    assert len(rows) == 27


def weekly(page):
    """The cells of each week in the table."""
    rows = re.findall(r'<th scope="row">([^<]*)</th>(.*?)</tr>', page, re.DOTALL)
    return {
        day: [
            re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<td>(.*?)</td>", cells, re.DOTALL)
        ]
        for day, cells in rows
    }


def chart(page, key):
    """The labels of a chart, and the heights of its bars."""
    drawn = page.partition(f'data-chart="{key}"')[2].partition("</figure>")[0]
    return re.findall(r"<text[^>]*>([^<]*)<", drawn), re.findall(r'<rect[^>]*height="([^"]*)"', drawn)


def decided(by, who, *waits, **ago):
    """Registrations that were decided so long ago, after these waits in hours."""
    for hours in waits:
        at = timezone.now() - timedelta(**ago)
        rows = approved(by, who).revisions
        rows.update(decided_at=at, submitted_at=at - timedelta(hours=hours))


def test_each_chart_shows_one_measure_with_labelled_axes(desk, by):
    decided(by, desk.who, 2, 2, 300, weeks=1)
    page = desk.get(OVERVIEW).text
    for key, values in (
        ("decisions", ["0", "2", "4"]),
        ("hours", ["0", "1", "2"]),
        ("target", ["0\xa0%", "50\xa0%", "100\xa0%"]),
    ):
        labels, _ = chart(page, key)
        assert labels[:3] == values
        assert len(labels) == 7
        assert all(re.fullmatch(r"\d+ [A-Z][a-z]{2}", day) for day in labels[3:])
    assert len(chart(page, "decisions")[1]) == 12
    assert chart(page, "decisions")[1][-2] == "111.0"
    assert chart(page, "hours")[1] == ["148.0"]
    assert chart(page, "target")[1] == ["97.7"]
    assert "66 %" in page


def test_the_share_within_the_target_is_said_for_the_last_weeks(desk, by, settings):
    settings.PORTAL_REVIEW_TARGET_DAYS = 5
    decided(by, desk.who, 1, 400, weeks=1)
    decided(by, desk.who, 1, 1, weeks=2)
    decided(by, desk.who, 500, weeks=6)
    said = re.sub(r"<[^>]*>|\s+", " ", desk.get(OVERVIEW).text)
    words = "75 % of the decisions of the last 4 weeks were made within the target of 5 working days:"
    assert words in " ".join(said.split())
    assert "3 of 4" in said


def by_reviewer(page):
    """The cells of each reviewer's row, and where their decisions are listed."""
    part = page.partition("data-by-reviewer")[2].partition("</table>")[0].partition("<tbody>")[2]
    rows = [re.sub(r"<[^>]*>|\s+", " ", row) for row in part.split("</tr>")[:-1]]
    links = [escaped.replace("&amp;", "&") for escaped in re.findall(r'href="([^"]*)"', part)]
    return [" ".join(row.split()) for row in rows], links


def test_leads_see_who_decided_and_how_soon(leads_desk, by, settings):
    settings.PORTAL_REVIEW_TARGET_DAYS = 5
    second = reviewer("second@portal.example")
    decided(by, leads_desk.who, 1, 400, weeks=1)
    decided(by, second, 2, 2, 500, weeks=2)
    decided(by, second, 2, weeks=6)
    rows, links = by_reviewer(leads_desk.get(OVERVIEW).text)
    assert rows == [
        f"{second.get_full_name()} 3 2.0 66 % (2 of 3)",
        f"{leads_desk.who.get_full_name()} 2 200.5 50 % (1 of 2)",
    ]
    events = leads_desk.get(links[0]).context["cl"].result_list
    assert {event.actor for event in events} == {str(second.pseudonym)}


def test_others_do_not_compare_reviewers(desk, by):
    decided(by, desk.who, 1)
    assert "data-by-reviewer" not in desk.get(OVERVIEW).text


def test_without_decisions_no_chart_is_drawn(desk):
    page = desk.get(OVERVIEW).text
    assert page.count("Nothing to show yet.") == 3
    assert "of the decisions of the last" not in page


def test_a_busy_week_says_what_was_counted_and_read(desk, by, monkeypatch):
    monkeypatch.setattr("registrations.admin.overview.figures.MOST_DECISIONS", 2)
    monkeypatch.setattr("registrations.admin.overview.figures.MOST_READ", 1)
    decided(by, desk.who, 1, 1, 1, weeks=1)
    page = desk.get(OVERVIEW).text
    assert "more than 2" in [" ".join(cells[0].split()) for cells in weekly(page).values()]
    assert "Of a week with more than" in page
    assert "more than 2" in [row[1] for row in table(desk.post(f"{OVERVIEW}export/"))]


def test_figures_lead_to_what_they_count(leads_desk, by):
    decided(by, leads_desk.who, 1, 1)
    excepted(by, leads_desk.who, days=20)
    page = leads_desk.get(OVERVIEW).text
    links = {escaped.replace("&amp;", "&") for escaped in re.findall(r'href="([^"]*)"', page)}
    (recent,) = [link for link in links if "verb=decisions&since" in link and "until" not in link]
    found = leads_desk.get(recent).context["cl"].result_list
    assert [event.verb for event in found] == ["revision.approved"] * 3
    this_week = [link for link in links if "until" in link]
    assert this_week
    assert f"{QUEUE}exceptions/?show=ending" in links


def test_a_reviewer_gets_no_link_to_the_log_that_they_may_not_read(desk, by):
    decided(by, desk.who, 1)
    page = desk.get(OVERVIEW).text
    assert "/admin/audit/" not in page
    assert "1 of 1" in page


def test_no_registration_is_counted_twice(desk, by):
    review.request_changes(submitted(by).uuid, by=desk.who, seen_version=1, note="Please change it.")
    assert [state for state, count in counted(desk.get(OVERVIEW)).items() if count != "0"] == ["partner"]


def test_exceptions_that_end_soon_are_named(leads_desk, by):
    excepted(by, leads_desk.who, days=29, client_name="Ending")
    excepted(by, leads_desk.who, days=40, client_name="Running")
    part = leads_desk.get(OVERVIEW).text.partition("PKCE exceptions that end")[2]
    assert "Ending</a>: last day" in part
    assert "Running" not in part


def test_the_rules_that_warned_most_often_lead(desk, by, waiting):
    for stored, name in (
        ([{"rule": "C-03"}, {"rule": "C-03"}], "One"),
        ([{"rule": "C-03"}, {"rule": "R-50"}], "Two"),
    ):
        submitted(by, client_name=name).revisions.update(findings=stored)
    waiting.revisions.update(findings=[])
    said = re.findall(r"Rule ([A-Z]-\d+)(?:</a>)?: (\d+)", desk.get(OVERVIEW).text)
    assert said == [("C-03", "2"), ("R-50", "1")]


def test_a_rule_that_warned_is_named_in_words(desk, waiting):
    waiting.revisions.update(findings=[{"rule": "R-50"}, {"rule": "X-01"}])
    part = desk.get(OVERVIEW).text.partition("Most frequent warnings")[2]
    assert "Nothing behind the host" in part
    assert "Rule X-01: 1" in part


def test_the_overview_costs_the_same_however_many(desk, by, waiting):
    desk.get(OVERVIEW)  # the weeks that are over are read once
    costs = []
    for _ in range(2):
        with statements() as made:
            assert desk.get(OVERVIEW).status_code == 200
        costs.append(len(made))
        for number in range(5):
            approved(by, desk.who, client_name=f"Live {number}")
            submitted(by, client_name=f"Waiting {number}")
    assert costs[0] == costs[1] <= 20


def test_the_queue_is_taken_along_as_it_is_narrowed_with_an_event(desk, by):
    submitted(by, client_name="First Client")
    submitted(by, client_name="Second Client", environment="production", scope=["users:read"])
    approved(by, desk.who, client_name="Living")
    with statements() as made:
        rows = table(desk.post(f"{QUEUE}export/?environment=staging"))
    assert [row[0] for row in rows] == ["client_name", "First Client"]
    assert rows[1][1:5] == ["Client Ltd", "staging", "Under review", "1"]
    event = Event.objects.get(verb="desk.exported")
    assert (event.actor, event.stream, event.moved) == (
        str(desk.who.pseudonym),
        desk.who.pseudonym,
        ["export:queue"],
    )
    assert len(made) <= 9
    assert f'formaction="{QUEUE}export/?environment=staging"' in desk.get(f"{QUEUE}?environment=staging").text


def test_an_export_ends_somewhere(desk, by, monkeypatch):
    monkeypatch.setattr("registrations.admin.queue.export.MOST_EXPORTED", 1)
    for number in range(2):
        submitted(by, client_name=f"Client {number}")
    assert len(table(desk.post(f"{QUEUE}export/"))) == 2


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(begin):
    assert harmless(f"{begin}1+1") == f"'{begin}1+1"
    assert harmless(f"1{begin}1") == f"1{begin}1"
    assert harmless(-1) == -1


@pytest.mark.parametrize("parts", [";", "; ", ';"', "\t", "\n"])
@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\uff1d"])
def test_no_part_of_a_cell_is_a_formula_where_other_signs_part_cells(parts, begin):
    assert harmless(f"Client{parts}{begin}1+1") == f"Client{parts}'{begin}1+1"
    assert harmless(f"Client{parts}1{begin}1") == f"Client{parts}1{begin}1"


def test_honest_names_leave_as_they_are():
    for name in ("Bjørn & Søn A/S", "A-B; C-D", "Client, -ish", "O'Neil (=us)", "me@client.example"):
        assert harmless(name) == name


def test_a_name_that_is_a_formula_leaves_as_text(desk):
    submitted(partner("other@other.example", "=HYPERLINK(1)"))
    assert table(desk.post(f"{QUEUE}export/"))[1][1] == "'=HYPERLINK(1)"


def test_auditors_take_lists_along_and_others_do_not(client, db):
    assert sign_in(client, auditor()).post(f"{QUEUE}export/").status_code == 200
    sign_in(client, person("clerk@portal.example", is_staff=True))
    for path in (f"{QUEUE}export/", f"{OVERVIEW}export/"):
        assert client.post(path).status_code == 403
    assert Event.objects.filter(verb="desk.exported").count() == 1


def test_the_front_leads_to_the_overview(leads_desk, desk):
    assert f'href="{OVERVIEW}"' in desk.get(QUEUE).text


def test_a_leads_front_page_leads_to_the_overview(leads_desk):
    assert f'href="{OVERVIEW}"' in leads_desk.get("/admin/").text
