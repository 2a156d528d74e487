"""A logo comes with the form."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support.forms import example_posted


def picture(side=512, colour="teal", kind="PNG"):
    """Half of it has another colour, so that nothing warns."""
    image = Image.new("RGB", (side, side), colour)
    image.paste("white", (0, 0, side, side // 2))
    target = io.BytesIO()
    image.save(target, kind)
    return target.getvalue()


def file(content, name="logo.png"):
    return SimpleUploadedFile(name, content, "image/png")


def upload(browser, registration, content, version=1, **changes):
    posted = example_posted(version, **changes) | {"logo": file(content)}
    return browser.post(at(registration, "edit/"), posted)


def about_the_logo(page):
    return [e.get("data-rule") for e in with_attribute(page.text, "data-field", "logo")]
