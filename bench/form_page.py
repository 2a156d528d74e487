"""What the form's page costs in a browser: weight, layout shift, and the longest task while typing.

Serves the demo and opens its form in Chromium. For shift and tasks, it holds a draft with 20 redirect URIs of
63-character labels.

- Weight: everything that a browser with an empty cache loads for an empty form, compressed, without pictures
  and the font.
- Layout shift: the sum of all shifts until the page is at rest, which Chromium reports without an input.
- Longest task: while somebody types into the last redirect URI and the live check answers. Other programs
  make tasks longer, so the best of a few rounds counts. Chromium reports tasks from 50 ms on.

Exits with 1 if a goal is missed; without Chromium it measures nothing.
"""

import gzip
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tests.packaging.surroundings import ROOT, ask, free_port, production
from tests.support.browser import chromium, playwright_running, started

MOST_KILOBYTES = 60
MOST_SHIFT = 0.1
LONGEST_TASK = 50
ROUNDS = 3
NOT_COUNTED = ("image", "font")
LABEL = "a" * 63
URIS = "\n".join(f"https://{LABEL}.n{number}.{LABEL}.example/callback" for number in range(20))
OBSERVE = """
window.seen = {shift: 0, tasks: []};
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  seen.shift += entry.hadRecentInput ? 0 : entry.value;
})).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  seen.tasks.push(entry.duration);
})).observe({type: "longtask", buffered: true});
"""


def main():
    if chromium() is None:
        print("form page        not measured: there is no Chromium")
        return 0
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as site, playwright_running() as play:
        browser = started(play.chromium, whole=True)
        page = signed_in(browser, site)
        address = draft_with_many(page)
        weight = weight_of(browser, page)
        shifts, tasks = zip(*(round_of(page, address) for _ in range(ROUNDS)), strict=True)
        browser.close()
    shift, task = max(shifts), min(tasks)
    print(f"weight           {weight:.1f} kB compressed; goal at most {MOST_KILOBYTES}")
    print(f"layout shift     {shift:.3f}; goal at most {MOST_SHIFT}")
    print(f"longest task     {f'{task:.0f}' if task else 'under 50'} ms; goal at most {LONGEST_TASK}")
    reached = weight <= MOST_KILOBYTES and shift <= MOST_SHIFT and task <= LONGEST_TASK
    print(f"Goals: {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


@contextmanager
def served(folder):
    """Run the demo; yields its address."""
    port = free_port()
    env = production(folder, DEBUG="true", LOG_LEVEL="WARNING", ALLOWED_HOSTS="localhost", PORT=port)
    command = [sys.executable, "bin/serve.py"]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        ask(port, "/livez", host="localhost", patience=300)
        yield f"http://localhost:{port}"
    finally:
        os.kill(server.pid, signal.SIGTERM)
        server.wait(timeout=60)


def signed_in(browser, site):
    page = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900}).new_page()
    page.add_init_script(OBSERVE)
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill("partner@client.example")
    page.locator("[name=password]").fill("demo-password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/registrations/**")
    return page


def draft_with_many(page):
    """Save a draft with many redirect URIs; the address of its form."""
    page.goto("/registrations/new/")
    page.locator("#id_client_name").fill("Harbour Invoices and Travel Receipts for Nordic Accountants")
    page.locator("textarea[name=redirect_uris]").evaluate("(list, lines) => { list.value = lines; }", URIS)
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url("**/edit/**")
    return page.url.partition("?")[0]


def weight_of(browser, page):
    """Kilobytes of an empty form, each answer compressed."""
    site = page.evaluate("location.origin")
    context = browser.new_context(base_url=site, storage_state=page.context.storage_state())
    sizes = []

    def weigh(answer):
        if answer.request.resource_type not in NOT_COUNTED:
            sizes.append(len(gzip.compress(answer.body())))

    first = context.new_page()
    first.on("requestfinished", lambda request: weigh(request.response()))
    first.goto("/registrations/new/", wait_until="networkidle")
    context.close()
    return sum(sizes) / 1000


def round_of(page, address):
    """The layout shift of the page as it opens, and its longest task while somebody types, in ms."""
    page.goto(address, wait_until="networkidle")
    shift = page.evaluate("seen.shift")
    page.evaluate("seen.tasks = []")
    with page.expect_response("**/registrations/check/"):
        page.locator("[data-row-of=redirect_uris]").last.press_sequentially("/a/longer/path", delay=60)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("new Promise((done) => setTimeout(() => done(true), 300))")
    return shift, max(page.evaluate("seen.tasks"), default=0)


if __name__ == "__main__":
    sys.exit(main())
