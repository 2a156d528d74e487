"""Columns for web addresses: text, never ``URLField``, which repairs what must be refused."""

from __future__ import annotations

from typing import Any

from django.db import models

from registrations.rules.vocabulary import MAX_URI_LENGTH
from registrations.validators import WebUri


class WebUriField(models.CharField):
    """A page that end users open (section 2 of the rules); empty text where there is none."""

    def __init__(self, name_in_form: str, **options: Any) -> None:
        self.name_in_form = name_in_form
        options.setdefault("max_length", MAX_URI_LENGTH)
        options.setdefault("blank", True)
        super().__init__(validators=[WebUri(name_in_form)], **options)

    def deconstruct(self) -> Any:
        name, path, _args, options = super().deconstruct()
        options.pop("validators", None)
        return name, path, [self.name_in_form], options
