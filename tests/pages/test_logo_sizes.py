"""What pages show of a logo, and what the rules note of it for as long as it is there."""

import hashlib
import io
import os
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from PIL import Image

from registrations.models import Logo
from registrations.workflow import drafting
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.pages.uploading import about_the_logo, picture, upload
from tests.support.pictures import encoded
from tests.support.registrations import a_draft, a_logo, again, approved


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


PAGES = ("edit/", "check/", "")


def with_submitted(browser, registration):
    """The pages of the draft, and once it is submitted the one of the revision."""
    for page in PAGES:
        yield browser.get(at(registration, page)).text
    drafting.submit(registration.uuid, by=again(registration).draft.updated_by)
    yield browser.get(at(registration)).text


def test_pages_show_the_smaller_squares(login, partner):
    registration, browser = a_draft(partner), login(partner)
    upload(browser, registration, picture(1024))
    logo = again(registration).draft.logo
    small, large = (f"/logos/{digest}.png" for digest in (logo.digest_128, logo.digest_256))
    for page in with_submitted(browser, registration):
        (shown,) = (e for e in with_attribute(page, "src", small) if e.get("width") == "96")
        assert shown.get("srcset") == f"{small} 1x, {large} 2x"
        assert shown.get("height") == "96"
        assert logo.digest not in page


@pytest.mark.parametrize("side", [128, 256])
def test_a_smaller_square_is_served_under_its_own_digest(login, partner, side):
    registration = a_draft(partner)
    upload(login(partner), registration, picture(1024))
    digest = getattr(again(registration).draft.logo, f"digest_{side}")
    served = Client().get(f"/logos/{digest}.png")
    assert hashlib.sha256(served.content).hexdigest() == digest
    assert Image.open(io.BytesIO(served.content)).size == (side, side)


def test_a_new_logo_is_shown_beside_the_live_one(login, partner, reviewer):
    browser, first = login(partner), a_draft(partner)
    upload(browser, first, picture(1024))
    old = again(first).draft.logo
    registration = approved(partner, reviewer, logo=old)
    upload(browser, registration, picture(1024, "navy"), 0)
    new = again(registration).draft.logo
    drafting.submit(registration.uuid, by=partner)
    page = browser.get(at(registration)).text
    shown = [e.get("src") for e in with_attribute(page, "class", "logo")]
    assert shown[:2] == [f"/logos/{logo.digest_128}.png" for logo in (old, new)]


@pytest.mark.parametrize(
    ("content", "rules"), [(picture(200), ["L-06"]), (encoded(Image.new("RGB", (512, 512))), ["L-10"])]
)
def test_a_note_on_the_logo_stays_with_the_draft_and_goes_with_the_revision(login, partner, content, rules):
    registration, browser = a_draft(partner), login(partner)
    assert upload(browser, registration, content).status_code == 302
    for _ in range(2):
        assert about_the_logo(browser.get(at(registration, "edit/"))) == rules
    assert about_the_logo(browser.get(at(registration, "check/"))) == rules
    revision = drafting.submit(registration.uuid, by=partner)
    assert [one["rule"] for one in revision.findings if one["field"] == "logo"] == rules


def test_another_logo_takes_the_note_away(login, partner):
    registration, browser = a_draft(partner), login(partner)
    upload(browser, registration, picture(200))
    upload(browser, registration, picture(), 2)
    assert about_the_logo(browser.get(at(registration, "edit/"))) == []


def test_a_logo_from_before_gets_its_smaller_squares(login, partner):
    registration = a_draft(partner)
    upload(login(partner), registration, encoded(Image.new("RGB", (512, 512))))
    made = again(registration).draft.logo
    a_logo("0" * 64)
    Logo.objects.filter(pk=made.pk).update(digest_128="1" * 64, digest_256="2" * 64, is_blank=False)
    migration = import_module("registrations.migrations.0011_logo_sizes")
    migration.make_sizes(apps, connection.schema_editor())
    again_made, lost = Logo.objects.order_by("pk")
    assert (again_made.digest_128, again_made.digest_256) == (made.digest_128, made.digest_256)
    assert again_made.is_blank
    assert (lost.digest_128, lost.digest_256) == (lost.digest, lost.digest)


def test_a_logo_from_before_whose_file_was_cut_short_goes_on_as_it_is(login, partner, settings):
    registration = a_draft(partner)
    upload(login(partner), registration, picture())
    logo = again(registration).draft.logo
    os.truncate(settings.MEDIA_ROOT / "logos" / f"{logo.digest}.png", 100)
    migration = import_module("registrations.migrations.0011_logo_sizes")
    migration.make_sizes(apps, connection.schema_editor())
    logo.refresh_from_db()
    assert (logo.digest_128, logo.digest_256) == (logo.digest, logo.digest)
