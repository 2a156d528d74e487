"""What a person with nothing but a keyboard does: step to a control by its name, press it, and type."""

import re

from playwright.sync_api import expect

MOST = 90
"""Stops from one control to the next, and more than any page has."""
STOP = re.compile(r'- (?P<quote>\'?)(?P<role>\w+)(?: "(?P<name>(?:[^"\\]|\\.)*)")?')


def tab_to(page, name, role=None, *, key="Tab"):
    """Step until the focus is on what has this accessible name, and see that nothing covers it."""
    passed = []
    for _ in range(MOST):
        page.keyboard.press(key)
        stop = stop_of(page)
        if stop[1] == name and role in (None, stop[0]):
            assert is_uncovered(page), f"{name} has the focus and something lies over it"
            return
        passed.append(" ".join(stop))
    raise AssertionError(f"{key} never came to {name!r}, but to: {', '.join(passed)}")


def stop_of(page):
    """The role and the name of what has the focus, as assistive technology is told of them."""
    focused = page.locator(":focus")
    if not focused.count():
        return "page", ""
    said = STOP.match(focused.aria_snapshot())
    return (said["role"], (said["name"] or "").replace('\\"', '"')) if said else ("text", "")


def is_uncovered(page):
    """Whether nothing lies over the middle of what has the focus."""
    return page.locator(":focus").evaluate(
        """element => {
          const box = element.getBoundingClientRect();
          const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          const own = [element, ...(element.labels ?? [])];
          return !top || own.some((one) => one.contains(top));
        }"""
    )


def write(page, name, text):
    tab_to(page, name, "textbox")
    page.keyboard.type(text)


def write_anew(page, text):
    """In place of what the focused box holds."""
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(text)


def tick(page, name, role="checkbox"):
    tab_to(page, name, role)
    page.keyboard.press("Space")
    expect(page.locator(":focus")).to_be_checked()


def follow(page, name):
    tab_to(page, name, "link")
    send(page)


def press(page, name):
    tab_to(page, name, "button")
    send(page)


def send(page, key="Enter"):
    """Press a key that leads to another page, and wait for that page."""
    with page.expect_event("load"):
        page.keyboard.press(key)
