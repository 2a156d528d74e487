"""What one button adds to a list: the callbacks of a common test client, or the person's own address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.http import QueryDict

from registrations.forms.controls import lines_of
from registrations.rules.data.gui_clients import GUI_CLIENTS, GuiClient
from registrations.rules.vocabulary import Environment

FIELD = "redirect_uris"


class Preset(NamedTuple):
    """What the page offers for one client: the addresses that the environment allows, and the others."""

    client: GuiClient
    redirect_uris: Sequence[str]
    refused: Sequence[str]

    @property
    def words(self) -> str:
        """The addresses for a script, separated by spaces."""
        return " ".join(self.redirect_uris)


def presets(environment: object) -> list[Preset]:
    """The presets of all clients. Production refuses plain http (R-64), so it is not offered there."""
    all_presets, is_production = [], environment == Environment.PRODUCTION
    for client in GUI_CLIENTS:
        refused = [uri for uri in client.redirect_uris if is_production and uri.startswith("http:")]
        offered = [uri for uri in client.redirect_uris if uri not in refused]
        all_presets.append(Preset(client, offered, refused))
    return all_presets


def preset_named(key: str, environment: object) -> Preset | None:
    return next((one for one in presets(environment) if one.client.key == key), None)


def with_lines(values: QueryDict, field: str, lines: Sequence[str]) -> QueryDict:
    """The posted values with the lines appended to those of the field; none is listed twice."""
    changed, listed = values.copy(), lines_of(values.get(field, ""))
    changed[field] = "\n".join([*listed, *(line for line in lines if line not in listed)])
    return changed
