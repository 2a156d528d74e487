"""The frame of every page, what goes wrong in it, and the look that people have to be able to read."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from django import forms
from django.core.management import call_command
from django.template.loader import render_to_string

from portal.outbox import emails
from registrations.forms.registration_form import SummaryItem
from tests.pages.elements import elements, ids, with_attribute
from tests.support.people import person, sign_in

ROOT = Path(__file__).resolve().parents[2]
BARE_PAGES = ["400.html", "408.html", "411.html", "413.html", "500.html", "unavailable.html"]
"""For requests whose session is not read: nobody's header, and no database."""
ERROR_PAGES = [*BARE_PAGES, "405.html", "403.html", "403_csrf.html", "404.html", "429.html"]
TEMPLATES = [p for p in sorted((ROOT / "templates").rglob("*.html")) if "emails" not in p.parts]
LONGEST_LINE = 120
SCHEMES = {"light": 0, "dark": 1}
READ_TOGETHER = [
    ("ink", "page"),
    ("ink", "surface"),
    ("ink", "surface-quiet"),
    ("ink-quiet", "page"),
    ("ink-quiet", "surface"),
    ("ink-quiet", "surface-quiet"),
    ("accent", "page"),
    ("accent", "surface"),
    ("accent", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("danger", "surface"),
    ("danger", "danger-soft"),
    ("on-danger", "danger"),
    ("on-danger", "danger-strong"),
    ("warn", "surface"),
    ("warn", "warn-soft"),
    ("warn", "page"),
    ("danger", "page"),
    ("good", "surface"),
    ("good", "good-soft"),
    ("info", "surface"),
    ("info", "info-soft"),
    ("ink", "accent-soft"),
    ("ink", "danger-soft"),
    ("ink", "warn-soft"),
    ("ink", "good-soft"),
    ("ink", "info-soft"),
    ("on-desk-head", "desk-head"),
    ("on-desk-head", "desk-trail"),
]
SEEN_TOGETHER = [
    ("edge", "surface"),
    ("edge", "page"),
    ("focus", "surface"),
    ("focus", "page"),
    ("control-edge", "surface"),
]


class Anybody:
    is_authenticated = True
    is_staff = False
    get_short_name = "Paula Partner"


class Staff(Anybody):
    is_staff = True


def colours(scheme):
    text = (ROOT / "static/css/tokens.css").read_text()
    pairs = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", text)
    same = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", text))
    return same | {name: values[SCHEMES[scheme]] for name, *values in pairs}


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("page", ERROR_PAGES)
def test_an_error_page_needs_nothing_in_its_context(page):
    html = render_to_string(page, {})
    assert '<html lang="en">' in html
    assert re.search(r"<title>[^<]+ – Pleo · Partner clients\s*</title>", html)
    assert sum(e.tag == "h1" for e in elements(html)) == 1


@pytest.mark.parametrize("page", ERROR_PAGES)
def test_an_error_page_says_whom_to_ask(page, settings):
    assert "ask Pleo." in " ".join(render_to_string(page, {}).split())
    settings.PORTAL_SUPPORT = "help@portal.example"
    (link, *_) = with_attribute(render_to_string(page, {}), "href", "mailto:help@portal.example")
    assert link.words() == "help@portal.example"


@pytest.mark.parametrize("page", BARE_PAGES)
def test_a_page_that_reads_no_session_offers_no_sign_in(page):
    assert "/accounts/" not in render_to_string(page, {})


@pytest.mark.parametrize(
    "address", ["/none-such/", f"/registrations/{UUID(int=1)}/submit/", "/registrations/check/"]
)
def test_signed_in_people_keep_their_header_where_something_fails(client, partner, address):
    page = sign_in(client, partner).get(address)
    assert page.status_code in (404, 405)
    assert partner.email in page.text
    assert "give this request id: <code>" + page.headers["X-Request-ID"] in page.text


def test_a_page_for_a_refused_body_names_its_request(client, db):
    page = client.post("/accounts/login/", data="x", content_type="text/plain; charset=utf-16")
    assert page.status_code == 400
    assert page.headers["X-Request-ID"] in page.text


def test_a_page_that_takes_no_form_says_so(client, partner):
    page = sign_in(client, partner).post("/registrations/")
    assert page.status_code == 405
    assert "Open the page again and use the buttons there." in page.text
    assert page.headers["X-Request-ID"] in page.text


def test_the_desk_has_the_support_link_in_its_foot(client, lead, settings):
    settings.PORTAL_SUPPORT = "help@portal.example"
    page = sign_in(client, lead).get("/admin/")
    (link,) = with_attribute(page.text, "href", "mailto:help@portal.example")
    assert link.words() == "help@portal.example"


def test_who_may_not_have_a_name_learns_whom_to_ask(client, db, settings):
    settings.PORTAL_SUPPORT = "help@portal.example"
    page = sign_in(client, person("new@client.example")).post(
        "/organisation/new/", {"name": "Pleo Ledger", "full_name": "N. Ew"}
    )
    assert "ask Pleo (help@portal.example) to add your organisation." in page.text


def test_every_page_has_the_support_link_in_its_foot(settings):
    assert "Help:" not in render_to_string("home.html", {})
    settings.PORTAL_SUPPORT = "https://help.portal.example/partners"
    (link,) = with_attribute(render_to_string("home.html", {}), "href", settings.PORTAL_SUPPORT)
    assert link.words() == "help.portal.example/partners"


@pytest.mark.parametrize("support", ["help@portal.example", "https://help.portal.example/"])
def test_emails_say_whom_to_ask(settings, support):
    settings.PORTAL_SUPPORT = support
    email = emails.render(
        "member_added", {"name": "N", "organisation": "O", "role": "viewer", "link": ""}, "a@b.example"
    )
    ((html, _),) = email.alternatives
    assert f"tell Pleo ({support}) at once" in email.body
    assert support in {link.get("href").removeprefix("mailto:") for link in with_attribute(html, "href")}


def test_no_line_of_a_template_is_too_long_to_read():
    paths = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    lines = [(path.name, line) for path in paths for line in path.read_text().splitlines()]
    assert [(name, line) for name, line in lines if len(line) > LONGEST_LINE] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(ROOT / "templates").as_posix())
def test_no_page_asks_for_what_the_policy_forbids(path):
    for element in elements(re.sub(r"{[%#{].*?[%#}]}", "", path.read_text(), flags=re.DOTALL)):
        assert element.tag != "style"
        assert "style" not in element.attrs
        assert not [name for name in element.attrs if name.startswith("on")]
        assert element.tag != "script" or "src" in element.attrs


def test_the_skip_link_leads_to_the_content():
    html = render_to_string("404.html", {})
    (link,) = with_attribute(html, "class", "skip-link")
    assert link.get("href") == "#content"
    assert ids(html).count("content") == 1


def test_a_stranger_is_offered_sign_in_and_nothing_behind_it():
    html = render_to_string("home.html", {})
    hrefs = {e.get("href") for e in with_attribute(html, "href")}
    assert "/accounts/login/" in hrefs
    assert "/registrations/" not in hrefs


def test_signing_out_is_a_post():
    html = render_to_string("404.html", {"user": Anybody})
    (form,) = [e for e in elements(html) if e.tag == "form"]
    assert (form.get("method"), form.get("action")) == ("post", "/accounts/logout/")


def test_only_staff_see_the_way_to_the_desk():
    assert "/admin/" not in render_to_string("404.html", {"user": Anybody})
    assert "/admin/" in render_to_string("404.html", {"user": Staff})


def test_a_page_with_errors_says_so_in_its_title_and_links_to_the_fields():
    item = SummaryItem("redirect_uris", "Redirect URIs", "Use `https`.", 1)
    html = render_to_string("404.html", {"error_summary": [item]})
    assert "<title>Error: " in html
    (summary,) = with_attribute(html, "role", "alert")
    assert summary.get("tabindex") == "-1"
    assert summary.words().startswith("There is a problem")
    (link,) = with_attribute(html, "href", "#id_redirect_uris")
    assert link.words() == "Redirect URIs, line 2: Use https."


def test_any_form_with_errors_gets_a_summary():
    class Name(forms.Form):
        name = forms.CharField(label="Name of your organisation")

        def clean(self):
            raise forms.ValidationError("Not today.")

    html = render_to_string("404.html", {"form": Name({"name": ""})})
    assert "<title>Error: " in html
    (summary,) = with_attribute(html, "role", "alert")
    assert "Not today." in summary.text
    (link,) = with_attribute(html, "href", "#id_name")
    assert link.words().startswith("Name of your organisation: ")


def test_messages_are_announced():
    message = type("Message", (), {"level_tag": "success", "__str__": lambda self: "<b>Saved</b>"})()
    html = render_to_string("404.html", {"messages": [message]})
    (status,) = with_attribute(html, "role", "status")
    assert status.words() == "<b>Saved</b>"


def test_hashed_static_files_find_all_they_name(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), READ_TOGETHER)
def test_text_stands_out_from_its_ground(scheme, text, ground):
    palette = colours(scheme)
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("edge", "ground"), SEEN_TOGETHER)
def test_edges_of_controls_can_be_seen(scheme, edge, ground):
    palette = colours(scheme)
    assert contrast(palette[edge], palette[ground]) >= 3
