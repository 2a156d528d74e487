"""The form data that a browser would post for a record."""

from tests.support.registrations import example_values

LINES = ("contacts", "redirect_uris")


def as_posted(values, **extra):
    """A draft's values as fields of the form; a box that is not ticked is not sent."""
    posted = {name: "\n".join(value) if name in LINES else value for name, value in values.items()}
    if posted.pop("confidential", False):
        posted["confidential"] = "on"
    return posted | {name: str(value) for name, value in extra.items()}


def example_posted(draft_version=0, then="save", **changes):
    """The governing document's own example, as posted."""
    return as_posted(example_values(**changes), draft_version=draft_version, then=then)
