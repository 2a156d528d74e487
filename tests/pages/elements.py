"""Reads a page into its elements, so that tests can ask about attributes and text."""

from html.parser import HTMLParser

VOID = {"input", "img", "meta", "link", "br", "hr"}


class Element:
    def __init__(self, tag, attrs):
        self.tag, self.attrs, self.text = tag, dict(attrs), ""

    def get(self, name):
        return self.attrs.get(name)

    def words(self):
        return " ".join(self.text.split())


class _Reader(HTMLParser):
    """Leaves out what is inside a template: only a script can bring it onto the page."""

    def __init__(self):
        super().__init__()
        self.found, self.open, self.in_template = [], [], False

    def handle_starttag(self, tag, attrs):
        self.in_template = self.in_template or tag == "template"
        if self.in_template:
            return
        element = Element(tag, attrs)
        self.found.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if self.in_template:
            self.in_template = tag != "template"
            return
        while self.open and self.open.pop().tag != tag:
            pass

    def handle_data(self, text):
        if self.in_template:
            return
        for element in self.open:
            element.text += text


def elements(html):
    reader = _Reader()
    reader.feed(html)
    return reader.found


def with_attribute(html, name, value=None):
    return [e for e in elements(html) if name in e.attrs and (value is None or e.get(name) == value)]


def ids(html):
    return [e.get("id") for e in with_attribute(html, "id")]


def buttons(page):
    """What can be pressed on it, by name."""
    return {e.get("data-action") for e in with_attribute(page.text, "data-action")}
