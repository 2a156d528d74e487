"""The marks in the queue: their column, and the filter by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registrations.admin.states import Rows
from registrations.domain.lifecycle import RevisionStatus
from registrations.domain.signals import MarkKind as K
from registrations.domain.signals import Severity
from registrations.models import ReviewMarks

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
    return rows.annotate(kinds=F("newest__marks__kinds"), risk=Coalesce(F("newest__marks__risk"), Value(0)))


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


class MarkFilter(SimpleListFilter):
    """One kind of mark that what is under review has."""

    title = "Mark"
    parameter_name = "mark"
    template = "admin/registrations/registration/_filter.html"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(kind.value, kind.about.short) for kind in K if kind.severity is not Severity.NOTE]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        chosen = self.value() or ""
        if chosen not in set(K):
            return queryset
        marked = ReviewMarks.objects.with_kind(K(chosen)).values("revision")
        return queryset.filter(newest__in=marked, newest__status=RevisionStatus.UNDER_REVIEW)
