"""How a page is looked at: by axe, by its width, and in a picture."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page):
    """What axe says, each with the element that it means."""
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [(rule["id"], node["target"], node["failureSummary"]) for rule in found for node in rule["nodes"]]


def too_wide(page, width):
    """How far the page reaches where it is wider than its window."""
    reach = page.evaluate("document.scrollingElement.scrollWidth")
    return [f"reaches {reach} pixels"] if reach > width else []


def save_picture(page, name, **options):
    """Into the folder PORTAL_SCREENSHOTS, where one is named."""
    folder = os.environ.get("PORTAL_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / name, animations="disabled", **options)
