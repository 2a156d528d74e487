"""How crispy lays the form out: sections that are fieldsets, and in them answers of our own markup."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.template import Context, Engine
from django.utils.safestring import SafeString

from registrations.forms.sections import SECTIONS, Section


class Answer(LayoutObject):
    """One field with its help and findings, as templates/includes/field.html writes it."""

    template = "includes/field.html"

    def __init__(self, name: str) -> None:
        self.fields = [name]

    def render(self, form: forms.BaseForm, context: Context, **_: object) -> SafeString:
        """Raises KeyError for a name the form does not have, where crispy itself would log and skip."""
        (name,) = self.fields
        form.rendered_fields.add(name)  # type: ignore[attr-defined]
        with context.push(field=form[name]):
            return Engine.get_default().get_template(self.template).render(context)


class SectionFieldset(LayoutObject):
    """A part of the form: its legend, what it is about, and what it holds."""

    template = "includes/section.html"

    def __init__(self, section: Section, *fields: LayoutObject) -> None:
        self.section = section
        self.fields = list(fields)

    def render(self, form: forms.BaseForm, context: Context, **options: object) -> SafeString:
        answers = self.get_rendered_fields(form, context, **options)
        with context.push(section=self.section, answers=answers):
            return Engine.get_default().get_template(self.template).render(context)


def registration_layout() -> Layout:
    """The whole form, as SECTIONS says; a new one each time, so that a page may change its own."""
    return Layout(*(SectionFieldset(section, *map(Answer, section.fields)) for section in SECTIONS))


def registration_helper() -> FormHelper:
    """Tells ``{% crispy %}`` to write the layout alone; the page has the form's tag and its token."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.template = "includes/layout.html"
    helper.layout = registration_layout()
    return helper
