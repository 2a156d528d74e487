"""What a browser sends from the review page, which is one form, whichever of its buttons is found."""

from tests.pages.elements import elements


def filled(page, **typed):
    """Every value of the form as the page shows it, with other text in some of its boxes."""
    found = {}
    for one in elements(page):
        name = one.get("name")
        if name and _counts(one):
            found.setdefault(name, []).append(_value(one))
    return found | {name: [text] for name, text in typed.items()}


def boxes(page):
    """The names of the boxes to write in."""
    return [one.get("name") for one in elements(page) if one.tag == "textarea" and one.get("name")]


def buttons(page):
    """Address, name and value of each button of the form."""
    form = next(one for one in elements(page) if one.tag == "form" and "data-keeps" in one.attrs)
    found = [one for one in elements(page) if one.tag == "button" and _is_of_form(one)]
    return [(one.get("formaction") or form.get("action"), one.get("name"), one.get("value")) for one in found]


def text_in(page, name):
    """What stands in the box."""
    (box,) = [one for one in elements(page) if one.get("name") == name and one.tag == "textarea"]
    return box.text.removeprefix("\n")


def _is_of_form(one):
    return one.get("formaction") or one.get("name") == "drop" or "visually-hidden" in (one.get("class") or "")


def _counts(one):
    if one.get("type") in ("checkbox", "radio"):
        return "checked" in one.attrs
    return one.tag in ("input", "textarea", "select") and one.get("name") != "csrfmiddlewaretoken"


def _value(one):
    if one.tag == "textarea":
        return one.text.removeprefix("\n")
    return one.get("value") or ("on" if one.get("type") == "checkbox" else "")
