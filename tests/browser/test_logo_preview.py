"""What the form says of a chosen logo before it is sent."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.pictures import drawing, encoded


@pytest.fixture
def form(window, partner):
    page = window(partner)
    page.goto("/registrations/new/")
    return page


def choose(page, content, name="logo.png", kind="image/png"):
    file = {"name": name, "mimeType": kind, "buffer": content}
    page.locator("#id_logo").set_input_files(files=[file])
    return page.locator("[data-preview-words]")


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((512, 512), "New logo, 512 by 512 pixels."),
        ((128, 4096), "New logo, 128 by 4096 pixels."),
        ((64, 64), "New logo, 64 by 64 pixels. This is too small: use at least 128 by 128 pixels."),
        (
            (4097, 200),
            "New logo, 4097 by 200 pixels. This is too large: use at most 4096 by 4096 pixels.",
        ),
    ],
)
def test_the_size_is_told_and_whether_it_would_be_refused(form, size, words):
    expect(choose(form, encoded(drawing(size)))).to_have_text(words)


def test_a_webp_has_a_limit_of_its_own(form):
    words = choose(form, encoded(drawing((2049, 512)), "WEBP"), "logo.webp", "image/webp")
    expect(words).to_contain_text("too large for a WebP: use at most 2048 by 2048 pixels, or a PNG.")


def test_what_is_no_picture_is_told_of(form):
    expect(choose(form, b"Not a picture.")).to_contain_text("cannot read this file as an image")
    expect(form.get_by_alt_text("The logo you chose")).to_be_hidden()


def test_what_is_of_another_kind_is_told_of(form):
    expect(choose(form, b"GIF89a", "logo.gif", "image/gif")).to_contain_text("Choose a PNG, JPEG or WebP")


def test_a_file_that_is_too_large_is_refused_beside_the_field_and_not_sent(form):
    words, logo = choose(form, bytes(1024 * 1024 + 1)), form.locator("#id_logo")
    finding = form.locator("#findings_logo .finding-reject[data-rule='L-03']")
    expect(finding).to_contain_text("The file is larger than 1 MiB. Upload a smaller one.")
    expect(finding.get_by_role("link")).to_have_attribute("href", "/rules/#L-03")
    expect(logo).to_have_value("")
    expect(logo).to_have_attribute("aria-invalid", "true")
    expect(logo).to_have_accessible_description(re.compile("The file is larger than 1 MiB"))
    expect(words).to_be_hidden()


def test_a_smaller_file_takes_the_refusal_away(form):
    choose(form, bytes(1024 * 1024 + 1))
    expect(form.locator("#findings_logo li")).to_have_count(1)
    expect(choose(form, encoded(drawing((512, 512))))).to_have_text("New logo, 512 by 512 pixels.")
    expect(form.locator("#findings_logo li")).to_have_count(0)
    expect(form.locator("#id_logo")).not_to_have_attribute("aria-invalid", "true")
    expect(form.locator("#id_logo")).not_to_have_value("")


def test_another_choice_replaces_what_was_said(form):
    choose(form, encoded(drawing((64, 64))))
    words = choose(form, encoded(drawing((256, 256))))
    expect(words).to_have_text("New logo, 256 by 256 pixels.")
    expect(form.get_by_alt_text("The logo you chose")).to_be_visible()


def test_a_file_that_is_read_too_late_does_not_replace_the_one_that_was_chosen_after_it(form):
    form.evaluate("""() => {
      const read = FileReader.prototype.readAsDataURL;
      FileReader.prototype.readAsDataURL = function (file) {
        const go = () => read.call(this, file);
        const late = () => new Promise((done) => (this.addEventListener("loadend", done), go()));
        file.name === "late.png" ? (window.readLate = late) : go();
      };
    }""")
    choose(form, encoded(drawing((512, 512))), "late.png")
    expect(choose(form, encoded(drawing((256, 256))))).to_have_text("New logo, 256 by 256 pixels.")
    form.evaluate("() => readLate()")
    picture = form.get_by_alt_text("The logo you chose")
    assert picture.evaluate("async (shown) => (await shown.decode(), shown.naturalWidth)") == 256
