"""Whatever can be typed into the form of a registration, and what the form then holds."""

LINE = "{} – “Ünï”, <b>&amp;</b>  two  spaces"
LINES = LINE + "\nand a second line of {}"
ONE_LINE = "input[type=text], [data-row-of]"
HELD = """form => Object.fromEntries(
  [...form.querySelectorAll("textarea, input[type=text], input[type=radio], input[type=checkbox]")]
    .filter((box) => box.name !== "remove_logo")
    .map((box) => [box.id, box.matches("[type=radio], [type=checkbox]") ? box.checked : box.value]))"""


def form_of(page):
    return page.locator("#registration-form")


def type_everywhere(page, **given):
    """A text of its own into every box that can be seen; returns what the form then holds.

    Before that, what shows more boxes is ticked. ``given`` are texts for boxes whose text matters.
    """
    form = form_of(page)
    form.get_by_role("radio", name="Not supported").check()
    for choice in form.locator("[name=scope], [name^=ask-][type=checkbox], #id_confidential").all():
        choice.check()
    for add in form.get_by_role("button", name="Add another").all():
        add.click()
    for kind, text in ((ONE_LINE, LINE), ("textarea:not([tabindex='-1'], [data-row-of])", LINES)):
        for number, box in enumerate(form.locator(kind).filter(visible=True).all()):
            box.fill(given.get(box.get_attribute("name"), text.format(number, number)))
    return held(page)


def held(page):
    """The text of each box, and whether each choice is made, by id."""
    return form_of(page).evaluate(HELD)
