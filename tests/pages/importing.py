"""Pasting and uploading documents, and reading what the import's page says of them."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile

from registrations.models import Registration
from tests.pages.elements import elements, with_attribute

IMPORT = "/registrations/import/"


SECRET = "hunter2-hunter2"


EXAMPLE = {
    "client_name": "Example Client",
    "client_uri": "https://client.example/",
    "tos_uri": "https://client.example/legal/tos.html",
    "policy_uri": "https://client.example/legal/privacy.pdf",
    "contacts": ["name.surname@client.example"],
    "redirect_uris": ["https://client.example/callback"],
    "scope": "test:test users:read users:write",
}


def paste(browser, document, **more):
    text = document if isinstance(document, str) else json.dumps(document)
    return browser.post(IMPORT, {"document": text} | more)


def upload(browser, content, name="client.json", **more):
    return browser.post(IMPORT, {"file": SimpleUploadedFile(name, content, "application/json")} | more)


def unused(page):
    """What the answer lists, name and reason."""
    found = [element.words() for element in elements(page.text) if element.tag in {"dt", "dd"}]
    return dict(zip(found[::2], found[1::2], strict=True))


def complaint(page, field="document"):
    """The one thing said beside the field; and nothing was made."""
    assert page.status_code == 200
    assert not Registration.objects.exists()
    assert with_attribute(page.text, "data-error-summary")
    (found,) = with_attribute(page.text, "data-field", field)
    return found.words()


def pasted_again(page):
    (area,) = with_attribute(page.text, "name", "document")
    return area.text.removeprefix("\n")
