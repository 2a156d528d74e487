"""Forgets logos that nothing names: the row at first, and the files once that is committed.

A picture may come back at any moment. :func:`registrations.logos.storage.keep` takes the row out of the
unused ones before it answers, and looks for the files again after that; here a file is moved aside, and back
if a row names it then. So whichever comes first, a row that is there has its files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from portal.retention import BATCH
from registrations.models import Draft, Logo, Revision

UNFINISHED: Final = timedelta(days=1)
"""How old a file is that no row names before it counts as left behind: its row comes after it."""
ASIDE: Final = ".aside"


def mark_unused(stopped: Callable[[], bool]) -> None:
    """Note since when each logo is unused, and that those are not that came into use again."""
    unnamed = _unnamed().filter(unused_since=None).order_by("pk").values_list("pk", flat=True)
    while not stopped() and (batch := list(unnamed[:BATCH])):
        Logo.objects.filter(pk__in=batch, unused_since=None).update(unused_since=timezone.now())
    used = Logo.objects.filter(unused_since__isnull=False).exclude(pk__in=_unnamed().values("pk"))
    used.update(unused_since=None)


def unused(before: datetime) -> QuerySet[Logo]:
    """The logos that no draft and no version has had since the moment. Kept forms hold no files."""
    return _unnamed().filter(unused_since__lte=before)


def sweep(stopped: Callable[[], bool]) -> int:
    """Delete the files that no row names, and return how many there were."""
    paths, swept = _old_files(), 0
    while not stopped() and (batch := list(islice(paths, BATCH))):
        named = _named({_digest(path) for path in batch})
        doubtful = (path for path in batch if path.suffix == ASIDE or _digest(path) not in named)
        swept += sum(_unlink_unless_named(path) for path in doubtful)
    return swept


def left_behind() -> int:
    """How many files :func:`sweep` would delete."""
    paths, found = _old_files(), 0
    while batch := list(islice(paths, BATCH)):
        named = _named({_digest(path) for path in batch})
        found += sum(_digest(path) not in named for path in batch)
    return found


def _unnamed() -> QuerySet[Logo]:
    drafts, versions = (model.objects.filter(logo=OuterRef("digest")) for model in (Draft, Revision))
    return Logo.objects.filter(~Exists(drafts), ~Exists(versions))


def _old_files() -> Iterator[Path]:
    """The files of logos, whole or not, that were written a while ago."""
    limit = (timezone.now() - UNFINISHED).timestamp()
    for path in Path(settings.MEDIA_ROOT, "logos").glob("*.*"):
        try:
            if path.stat().st_mtime <= limit:
                yield path
        except FileNotFoundError:  # another worker was faster
            continue


def _digest(path: Path) -> str:
    """The digest that a file is asked for by; what a killed writer left has a name that no row holds."""
    return path.name.removesuffix(ASIDE).removesuffix(".png")


def _named(digests: set[str]) -> set[str]:
    """Those of the digests that a row names, for one of its sizes."""
    named: set[str] = set()
    for column in ("digest", "digest_128", "digest_256"):
        named |= set(Logo.objects.filter(**{f"{column}__in": digests}).values_list(column, flat=True))
    return named


def _unlink_unless_named(path: Path) -> bool:
    whole = path.with_name(path.name.removesuffix(ASIDE))
    aside = whole.with_name(whole.name + ASIDE)
    try:
        path.replace(aside)
        if _named({_digest(aside)}):
            aside.replace(whole)
            return False
        aside.unlink()
    except FileNotFoundError:  # another worker was faster
        return False
    return True
