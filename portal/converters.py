"""The converter of UUIDs in URLs."""

from __future__ import annotations

from typing import Final

from django.urls.converters import UUIDConverter

NAME: Final = "any_uuid"
"""Its name in routes, since Django's own converter cannot be replaced."""


class AnyCaseUUIDConverter(UUIDConverter):
    """A UUID in upper or lower case (RFC 9562 section 4); Django's own knows only lower case."""

    regex = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
