"""`make screenshots`: take the screenshots for README and docs from a temporary demo.

Set PORTAL_CHROMIUM if the browser is not on the path.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "screenshots"
SIZE = ViewportSize(width=1280, height=900)


def main() -> None:
    chromium = os.environ.get("PORTAL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    PICTURES.mkdir(exist_ok=True)
    with _portal() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        _take_form(browser.new_page(base_url=address, viewport=SIZE))
        _take_desk(browser.new_context(base_url=address, viewport=SIZE).new_page())
        browser.close()


def _take_form(page: Page) -> None:
    """Take the form of a draft with wrong redirect URIs and their error messages."""
    _sign_in(page, "partner@client.example")
    page.goto("/registrations/")
    page.get_by_role("link", name="Go on with the form").filter(has_text="Receipt Scanner").click()
    page.locator("[data-field=redirect_uris]").first.scroll_into_view_if_needed()
    page.screenshot(path=PICTURES / "registration-form.png")


def _take_desk(page: Page) -> None:
    """Take the review queue, and the review page of a submission that requests a PKCE exception."""
    _sign_in(page, "lead@portal.example")
    page.goto("/admin/registrations/registration/")
    page.screenshot(path=PICTURES / "review-queue.png")
    page.get_by_role("link", name="Hotel Desk").first.click()
    page.screenshot(path=PICTURES / "review-desk.png")


def _sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", "demo-password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


@contextmanager
def _portal() -> Iterator[str]:
    """Run a demo in a temporary folder while the block runs; yields its address."""
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        places = {
            "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
            "EMAIL_URL": f"filemail:///{folder}/mail",
        }
        serve = subprocess.Popen(
            [sys.executable, "bin/serve.py"],
            cwd=ROOT,
            env={**os.environ, **places, "MEDIA_ROOT": f"{folder}/media", "PORT": port},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            _wait_for(serve, "Ctrl-C ends it.")
            yield f"http://localhost:{port}"
        finally:
            serve.terminate()
            serve.communicate()


def _wait_for(serve: subprocess.Popen[str], words: str) -> None:
    for line in serve.stdout or ():
        if words in line:
            return
    raise SystemExit("The demo did not start.")


if __name__ == "__main__":
    main()
