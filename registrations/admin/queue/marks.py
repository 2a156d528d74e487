"""The marks in the queue: their column, and the filter by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Contains
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registrations.admin.states import Rows
from registrations.domain.lifecycle import RevisionStatus
from registrations.domain.signals import MarkKind as K
from registrations.domain.signals import Severity

NOT_LOOKED_AT: Final = "Not looked at yet"
_ICONS: Final[Mapping[str, tuple[K, ...]]] = {
    "name": (K.TWIN_NAME, K.NEAR_NAME),
    "host": (K.HOST_OF_ANOTHER, K.NEW_HOST, K.HOST_OFF_SITE, K.PAGE_OFF_SITE),
    "stop": (K.SUSPENDED, K.CLOSED, K.REJECTED),
    "no": (K.SCOPE_REFUSED, K.SCOPE_REFUSED_ELSEWHERE, K.PKCE_REFUSED),
    "people": (K.RESTRICTED_SCOPE,),
    "write": (K.WRITE_SCOPE,),
    "shield": (K.PKCE_REQUESTED, K.PKCE_RUNNING),
    "hand": (K.OVERRIDE,),
    "mail": (K.FREE_MAIL,),
    "new": (K.NEWCOMER,),
    "check": (K.UNREACHABLE, K.FINDINGS),
}
ICON_OF: Final = {kind: icon for icon, kinds in _ICONS.items() for kind in kinds}
_FRAMES: Final = {
    Severity.GRAVE: "desk-icon-grave",
    Severity.DOUBT: "desk-icon-doubt",
    Severity.NOTE: "desk-icon-note",
}
_ICON: Final = (
    '<li class="desk-icon {}" title="{}"><svg aria-hidden="true" width="16" height="16">'
    '<use href="{}#{}"></use></svg><span class="visually-hidden">{}</span></li>'
)


def with_marks(rows: Rows) -> Rows:
    """Annotate each row with the kinds of marks of its newest revision and its risk: no further statement."""
    stored = Cast("newest__marks__kinds", TextField())
    rows = rows.alias(kinds_stored=stored, newest_status=F("newest__status"))
    return rows.annotate(kinds=F("newest__marks__kinds"), risk=Coalesce(F("newest__marks__risk"), Value(0)))


def has_mark(kind: K) -> Q:
    """The rows of :func:`with_marks` whose newest revision is under review and has a mark of the kind."""
    return Q(Contains(F("kinds_stored"), f'"{kind}"'), newest_status=RevisionStatus.UNDER_REVIEW)


def kinds_of(row: Any) -> list[K] | None:
    """The kinds of marks of a row under review, gravest first; None where nothing has looked at it yet."""
    if row.newest.stage is not RevisionStatus.UNDER_REVIEW:
        return []
    return None if row.kinds is None else [K(kind) for kind in row.kinds]


def icons(kinds: Iterable[K] | None) -> SafeString | str:
    """The marks as icons, each with its words for screen readers and as a tooltip."""
    if kinds is None:
        return NOT_LOOKED_AT
    sprite = static("img/marks.svg")
    shown = [(_FRAMES[kind.severity], kind.words, sprite, ICON_OF[kind], _spoken(kind)) for kind in kinds]
    return format_html('<ul class="desk-icons">{}</ul>', format_html_join("", _ICON, shown)) if shown else ""


def _spoken(kind: K) -> str:
    return f"Grave: {kind.about.short}" if kind.severity is Severity.GRAVE else kind.about.short


def in_words(kinds: Iterable[K] | None) -> str:
    """The marks in the export."""
    return NOT_LOOKED_AT if kinds is None else "; ".join(kind.about.short for kind in kinds)
