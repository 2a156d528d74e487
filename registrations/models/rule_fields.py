"""Model fields that apply a rule: web addresses, and what a client name looks like."""

from __future__ import annotations

from typing import Any

from django.db import models

from registrations.domain import similar_names
from registrations.rules import client_names
from registrations.rules.vocabulary import MAX_SKELETON_LENGTH, MAX_URI_LENGTH
from registrations.validators import WebUri

NOT_COMPUTED = "?"
"""A skeleton that no name has, because every name has a letter or a digit."""


class WebUriField(models.CharField):
    """The address of a page that end users open (section 2 of the rules); empty text where there is none.

    A text field, never ``URLField``, which repairs what must be refused.
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
    """The skeleton of the row's ``client_name`` (rule N-10), by which an index finds similar names.

    Computed whenever the row is inserted, one by one or in bulk, and never set by hand. Rows from a release
    that does not know the column get a value that no name has, so that they can be found and filled.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MAX_SKELETON_LENGTH)
        options.setdefault("db_default", NOT_COMPUTED)
        super().__init__(**options | {"blank": True, "editable": False})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        looks_like = client_names.skeleton(model_instance.client_name)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, looks_like)
        return looks_like


MAX_PIECE_LENGTH = MAX_SKELETON_LENGTH // similar_names.PIECES + 4


class NamePieceField(models.CharField):
    """The key of one piece of the row's ``name_skeleton``: by it an index finds names that differ by a slip.

    Stands behind that column, which is computed first. Empty where the name is too short for pieces, and in
    rows from a release that does not know the column: nobody finds those by it.
    """

    def __init__(self, place: int, **options: Any) -> None:
        self.place = place
        options.setdefault("max_length", MAX_PIECE_LENGTH)
        super().__init__(**options | {"blank": True, "editable": False, "db_default": ""})

    def deconstruct(self) -> Any:
        name, path, _args, options = super().deconstruct()
        return name, path, [self.place], options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        piece = similar_names.pieces(model_instance.name_skeleton)[self.place]  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, piece)
        return piece
