"""Heads of the chain: what an operator keeps elsewhere, since nobody can cut off the log behind its back."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from portal.audit.macs import NAME_LENGTH, keys, mac
from portal.audit.models import EventSeal

_TEXT: Final = re.compile(
    r"audit-head:1:(?P<sequence>[0-9]{1,18}):(?P<epoch>[0-9a-f-]{1,36}):(?P<seal>[0-9a-f]{64}|-)"
    rf":(?P<made_at>[0-9]{{8}}T[0-9]{{6}}Z):(?P<key>[0-9a-f]{{{NAME_LENGTH}}})"
)
_MOMENT: Final = "%Y%m%dT%H%M%SZ"
_NOTHING: Final = "-"


class HeadRefused(Exception):  # noqa: N818 — the answer to a text that somebody typed
    """The text is no head, or its signature is not of a configured key; says which."""


@dataclass(frozen=True)
class Head:
    """The newest seal at a moment: its number, epoch and MAC. Number 0 is a chain without a seal."""

    sequence: int
    epoch: str
    mac: str
    made_at: datetime

    @classmethod
    def of(cls, seal: EventSeal | None, made_at: datetime) -> Self:
        """The head of a chain that ends with this seal."""
        return cls(seal.sequence, seal.epoch, seal.mac, made_at) if seal else cls(0, "", "", made_at)

    @classmethod
    def read(cls, text: str) -> Self:
        """The head in a signed text. Raises HeadRefused."""
        text, _, signature = text.strip().rpartition(":")
        found = _TEXT.fullmatch(text)
        if found is None:
            raise HeadRefused("This is no head: copy all of it.")
        key = next((key for key in keys() if key.name == found["key"]), None)
        if key is None:
            raise HeadRefused(f"Key {found['key']} signed the head, and is not in PORTAL_AUDIT_KEY.")
        if not hmac.compare_digest(mac(key.head, [text]).encode(), signature.encode()):
            raise HeadRefused("The signature is wrong: the head was changed, or badly copied.")
        epoch, seal = ("" if found[name] == _NOTHING else found[name] for name in ("epoch", "seal"))
        made_at = datetime.strptime(found["made_at"], _MOMENT).replace(tzinfo=UTC)
        return cls(int(found["sequence"]), epoch, seal, made_at)

    def signed(self) -> str:
        """The head as a line of text, signed with the newest key."""
        key, made_at = keys()[0], self.made_at.astimezone(UTC).strftime(_MOMENT)
        epoch, seal = (value or _NOTHING for value in (self.epoch, self.mac))
        text = ":".join(("audit-head", "1", str(self.sequence), epoch, seal, made_at, key.name))
        return f"{text}:{mac(key.head, [text])}"
