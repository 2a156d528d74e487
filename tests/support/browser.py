"""Finds and starts the browser of the browser tests, and watches what it does."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name but localhost resolves, so the browser cannot contact anybody else.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost",
)
WITH_MEMORY = ["--disable-back-forward-cache"]
"""Arguments that Playwright adds by itself but no real browser has; they are taken out."""

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


def chromium():
    """The path of Chromium, or None."""
    named = os.environ.get("PORTAL_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def light_chromium():
    """Chromium without windows, which takes half the time, or else the whole one."""
    named = os.environ.get("PORTAL_CHROMIUM")
    return chromium() if named else shutil.which("chromium-headless-shell") or chromium()


def started(kind, *, whole=False, **options):
    """Start Chromium; the ``whole`` one as people have it, with its memory of pages for the Back button."""
    path = chromium() if whole else light_chromium()
    return kind.launch(executable_path=path, args=ARGUMENTS, ignore_default_args=WITH_MEMORY, **options)


def started_with_profile(kind, folder, **options):
    """Start a Chromium that reopens the tabs of its last session, as people can set it to."""
    return kind.launch_persistent_context(
        folder,
        executable_path=chromium(),
        args=[*ARGUMENTS, "--restore-last-session"],
        ignore_default_args=WITH_MEMORY,
        **options,
    )


@contextmanager
def playwright_running():
    """Run Playwright, and let Django use its database meanwhile.

    Playwright's event loop runs in this thread, where Django refuses its database. Nothing here is
    asynchronous, so the access is safe. The permission ends together with the loop.
    """
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            yield playwright
    finally:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
        if before is not None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


class Watch:
    """Records what a browser should never do: contact other sites, violate the policy, meet an error."""

    def __init__(self, context, site):
        self.site = urlsplit(site).netloc
        self.requests, self.troubles, self._documents = [], [], set()
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("request", self._asked)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.troubles.append(f"script failed: {error.error}"))

    def _asked(self, request):
        self.requests.append(request.url)
        if request.is_navigation_request():
            self._documents.add(request.url)
        address = urlsplit(request.url)
        if address.scheme not in ("data", "about") and address.netloc != self.site:
            self.troubles.append(f"asked {request.url}")

    def _said(self, message):
        """Record errors and warnings, but not those for a page that is refused on purpose (422, 404, 410)."""
        refused = message.text.startswith("Failed to load resource: the server responded with a status of 4")
        address = message.location["url"]
        if refused and (address in self._documents or address.startswith("chrome-error:")):
            return
        if message.type in ("error", "warning"):
            self.troubles.append(f"{message.type}: {message.text} ({message.location['url']})")
