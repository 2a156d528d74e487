"""A form as a browser holds it: what it would post, read from the page."""

from html.parser import HTMLParser


class _Controls(HTMLParser):
    """The fields of the form with a note of its account, without its buttons and files."""

    def __init__(self):
        super().__init__()
        self.fields, self.area = {}, None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, kind = given.get("name"), given.get("type")
        if tag == "textarea":
            self.area = name
            self.fields.setdefault(name, []).append("")
            return
        is_box = kind in ("checkbox", "radio")
        if tag == "input" and name and kind != "file" and (not is_box or "checked" in given):
            self.fields.setdefault(name, []).append(given.get("value", "on" if is_box else ""))

    def handle_data(self, text):
        if self.area:
            self.fields[self.area][-1] += text

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.fields[self.area][-1] = self.fields[self.area][-1].removeprefix("\n")
            self.area = None


def fields_of(page):
    """Every field of the form that can be kept, by name, with all its values."""
    (form,) = [part for part in page.text.split("<form ")[1:] if "account_note" in part.split("</form>")[0]]
    reader = _Controls()
    reader.feed("<form " + form.split("</form>")[0])
    return reader.fields


def typed_of(page):
    """The same without what a person does not type."""
    beside = ("csrfmiddlewaretoken", "account_note", "kept")
    return {name: values for name, values in fields_of(page).items() if name not in beside}
