"""The crispy layout of the form: a fieldset per section, with our own markup for each field."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.template import Context, Engine
from django.utils.safestring import SafeString

from registrations.rules.record_fields import SECTIONS, FormSection


class Answer(LayoutObject):
    """A field with its help and findings, rendered by templates/includes/field.html."""

    template = "includes/field.html"

    def __init__(self, name: str) -> None:
        self.fields = [name]

    def render(self, form: forms.BaseForm, context: Context, **_: object) -> SafeString:
        """Render the field. Raises KeyError for an unknown name, which crispy itself would log and skip."""
        (name,) = self.fields
        form.rendered_fields.add(name)  # type: ignore[attr-defined]
        with context.push(field=form[name]):
            return Engine.get_default().get_template(self.template).render(context)


class SectionFieldset(LayoutObject):
    """A section of the form: its legend, its introduction and its fields."""

    template = "includes/section.html"

    def __init__(self, section: FormSection, *fields: LayoutObject) -> None:
        self.section = section
        self.fields = list(fields)

    def render(self, form: forms.BaseForm, context: Context, **options: object) -> SafeString:
        answers = self.get_rendered_fields(form, context, **options)
        with context.push(section=self.section, answers=answers):
            return Engine.get_default().get_template(self.template).render(context)


def registration_helper() -> FormHelper:
    """The helper for ``{% crispy %}``: renders the layout only; the page has the form tag and CSRF token.

    The layout is a new one each time, so that a page can change its copy.
    """
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.template = "includes/layout.html"
    helper.layout = Layout(*(SectionFieldset(one, *map(Answer, one.fields)) for one in SECTIONS))
    return helper
