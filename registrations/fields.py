"""Columns that know a rule: web addresses, and the skeleton of a name."""

from __future__ import annotations

from typing import Any

from django.db import models

from registrations.rules import client_names
from registrations.rules.vocabulary import MAX_SKELETON_LENGTH, MAX_URI_LENGTH
from registrations.validators import WebUri

NOT_COMPUTED = "?"
"""Has no letter and no digit, which every name has."""


class WebUriField(models.CharField):
    """A page that end users open (section 2 of the rules); empty text where there is none.

    Text, never ``URLField``, which repairs what must be refused.
    """

    def __init__(self, name_in_form: str, **options: Any) -> None:
        self.name_in_form = name_in_form
        options.setdefault("max_length", MAX_URI_LENGTH)
        options.setdefault("blank", True)
        super().__init__(validators=[WebUri(name_in_form)], **options)

    def deconstruct(self) -> Any:
        name, path, _args, options = super().deconstruct()
        options.pop("validators", None)
        return name, path, [self.name_in_form], options


class NameSkeletonField(models.CharField):
    """What the row's ``client_name`` looks like (rule N-10), so that an index finds its doubles.

    Computed whenever the row is inserted, one by one or in bulk; nobody sets it. A release that does
    not know the column gets a value that no name looks like, so that such rows can be found and filled.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MAX_SKELETON_LENGTH)
        options.setdefault("db_default", NOT_COMPUTED)
        super().__init__(**options | {"blank": True, "editable": False})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        looks_like = client_names.skeleton(model_instance.client_name)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, looks_like)
        return looks_like
