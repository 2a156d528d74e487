import pytest
from django.core.mail import BadHeaderError

from portal.outbox.emails import Recipient, absolute, render

TEMPLATES = {
    "hello.subject.txt": "Hello {{ name }}\n",
    "hello.txt": "{{ name }}: {{ base_url }}/registrations/",
    "hello.html": "<p>{{ name }}</p>",
}


@pytest.fixture(autouse=True)
def templates(settings, tmp_path):
    (tmp_path / "emails").mkdir()
    for name, text in TEMPLATES.items():
        (tmp_path / "emails" / name).write_text(text)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    settings.PORTAL_BASE_URL = "https://portal.example"


def test_an_email_has_text_and_its_marked_up_twin():
    mail = render("hello", {"name": "Fish & Chips <Ltd>"}, "a@b.example")
    assert mail.subject == "Hello Fish & Chips <Ltd>"
    assert mail.body == "Fish & Chips <Ltd>: https://portal.example/registrations/"
    ((marked_up, kind),) = mail.alternatives
    assert (marked_up, kind) == ("<p>Fish &amp; Chips &lt;Ltd&gt;</p>", "text/html")
    assert mail.to == ["a@b.example"]


@pytest.mark.parametrize("name", ["a\nBcc: x@y.example", "a\r\nBcc: x@y.example", "a\u2028b\x0bc"])
def test_a_subject_is_one_line_whatever_it_quotes(name):
    mail = render("hello", {"name": name}, "a@b.example")
    assert len(mail.subject.splitlines()) == 1
    assert mail.message()["Bcc"] is None


def test_an_address_cannot_bring_headers_with_it():
    with pytest.raises(BadHeaderError):
        render("hello", {"name": "a"}, "a@b.example\nBcc: x@y.example").message()


def test_no_holiday_reply_is_asked_for():
    assert render("hello", {"name": "a"}, "a@b.example").message()["Auto-Submitted"] == "auto-generated"


def test_links_are_absolute():
    assert absolute("/rules/") == "https://portal.example/rules/"


def test_a_recipient_does_not_show_the_address():
    assert "someone@" not in repr(Recipient(None, "someone@client.example"))
