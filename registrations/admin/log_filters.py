"""The filters of the audit log: a form in the URL, each field of which an index answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast

from portal.accounts.events import AccountEvent
from portal.accounts.models import Organisation, User
from portal.audit.events import SYSTEM
from portal.audit.models import Event, Outcome
from portal.paging import parse_uuid
from portal.sealing_keys.events import SealingEvent
from registrations.events import RegistrationEvent
from registrations.models import ClientSecret, Registration

MOST_PEOPLE: Final = 50
MOST_ORGANISATIONS: Final = 20
MOST_SECRETS: Final = 200
MOST_CLIENTS: Final = 1000
"""Clients of organisations whose streams are named one by one; for more the database joins them itself."""
LONGEST: Final = 200
_NO_DATE: Final = "Enter a date like 2026-11-30."
_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)
_VERBS: Final = sorted((one.desk, one.value) for one in (*RegistrationEvent, *AccountEvent, *SealingEvent))

DECISIONS: Final = "decisions"
"""The choice that stands for every decision of a reviewer on a submission."""
_DECIDED: Final = (
    RegistrationEvent.REVISION_APPROVED.value,
    RegistrationEvent.REVISION_CHANGES_REQUESTED.value,
    RegistrationEvent.REVISION_REJECTED.value,
)


def _text(label: str, help_text: str, **options: Any) -> forms.CharField:
    too_long = {"max_length": f"Enter at most {LONGEST} characters."}
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=LONGEST,
        error_messages=too_long,
        **options,
    )


def _choice(label: str, everything: str, choices: Iterable[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[("", everything), *choices],
        required=False,
        error_messages={"invalid_choice": "“%(value)s” is none of these. Choose one of them."},
    )


class _Day(forms.DateInput):
    input_type = "date"


def _date(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=_Day(format="%Y-%m-%d"),
        error_messages={"invalid": _NO_DATE},
        validators=[MinValueValidator(_FIRST, _NO_DATE), MaxValueValidator(_LAST, _NO_DATE)],
    )


class LogFilters(forms.Form):
    """What the reader looks for. Only a valid form has ``rows``; ``unknown`` says which values nobody has."""

    use_required_attribute = False

    person = _text("Person", "Start of a name or email address, a pseudonym, or “system”")
    verb = _choice(
        "Event",
        "All events",
        [(DECISIONS, "All decisions on submissions"), *((stored, words) for words, stored in _VERBS)],
    )
    outcome = _choice("Outcome", "All outcomes", Outcome.choices)
    client = _text("Client", "A client id, a registration’s id or its eight-character reference")
    organisation = _text("Organisation", "Start of the name, or the id")
    hint = _text(
        "Secret ends in",
        "The last four characters",
        validators=[RegexValidator("^[0-9a-fA-F]{4}$", "Enter the four characters: digits or a to f.")],
    )
    since = _date("From")
    until = _date("Until")

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.unknown: list[str] = []
        self._found: list[Q] = []
        self._streams: list[UUID] | None = None
        for name, field in self.fields.items():
            if isinstance(field.widget, _Day) and name in self.errors:
                field.widget.input_type = "text"  # a date input would drop what was typed

    def clean_person(self) -> str:
        typed = str(self.cleaned_data["person"])
        if typed == SYSTEM or parse_uuid(typed):
            self._found.append(Q(actor=str(parse_uuid(typed) or typed)))
        elif typed:
            named = User.objects.filter(Q(email__startswith=typed.lower()) | Q(full_name__istartswith=typed))
            pseudonyms = list(named.order_by().values_list("pseudonym", flat=True)[: MOST_PEOPLE + 1])
            self._require_few(pseudonyms, MOST_PEOPLE, "people")
            if not pseudonyms:
                self.unknown.append(f"Nobody’s name or email address starts with “{typed}”.")
            self._found.append(Q(actor__in=[str(one) for one in pseudonyms]))
        return typed

    def clean_client(self) -> str:
        typed = str(self.cleaned_data["client"])
        if not typed:
            return typed
        if uuid := parse_uuid(typed):
            found = list(_streams(Registration.objects.filter(client_id=uuid))) or [uuid]
        else:
            found = list(_streams(Registration.objects.with_reference(typed)))
            if not found:
                raise forms.ValidationError(
                    "This is no id and no reference that we know. Enter the whole id, or eight characters."
                )
        self._streams = found
        self._found.append(Q(stream__in=found))
        return typed

    def clean_organisation(self) -> str:
        typed = str(self.cleaned_data["organisation"])
        if not typed:
            return typed
        uuid = parse_uuid(typed)
        named = Organisation.objects.filter(Q(uuid=uuid) if uuid else Q(name__istartswith=typed))
        homes = dict(named.order_by().values_list("pk", "uuid")[: MOST_ORGANISATIONS + 1])
        self._require_few(homes, MOST_ORGANISATIONS, "organisations")
        if not homes:
            self.unknown.append(f"No organisation has this id or a name that starts with “{typed}”.")
        clients = Registration.objects.filter(organisation__in=list(homes))
        streams = list(homes.values()) + list(_streams(clients, most=MOST_CLIENTS + 1))
        if len(streams) > len(homes) + MOST_CLIENTS:
            own = Organisation.objects.filter(pk__in=homes).order_by().values("uuid")
            self._found.append(Q(stream__in=clients.order_by().values("uuid").union(own, all=True)))
        else:
            self._found.append(Q(stream__in=streams))
        return typed

    def clean_hint(self) -> str:
        hint = str(self.cleaned_data["hint"]).lower()
        if not hint:
            return hint
        rows = ClientSecret.objects.filter(hint=hint)
        if self._streams is not None:
            rows = rows.filter(registration__uuid__in=self._streams)
        pairs = list(rows.order_by().values_list("registration__uuid", "uuid")[: MOST_SECRETS + 1])
        if len(pairs) > MOST_SECRETS:
            raise forms.ValidationError(
                f"More than {MOST_SECRETS} secrets end so. Enter the client as well to find the one you mean."
            )
        if not pairs:
            self.unknown.append(f"No secret ends in “{hint}”.")
        named = Q(pk__in=[])
        for stream, uuid in pairs:
            named |= Q(stream=stream, names__contains=f'"secret:{uuid}"')
        self._found.append(Q(stream__in={stream for stream, _ in pairs}) & named)
        return hint

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        if chosen.get("since") and chosen.get("until") and chosen["since"] > chosen["until"]:
            self.add_error("until", "Enter a date that is not before the first one.")
        return chosen

    def _require_few(self, found: Sequence[Any] | Mapping[Any, Any], most: int, what: str) -> None:
        if len(found) > most:
            raise forms.ValidationError(f"More than {most} {what} match. Enter more of the name.")

    def rows(self, events: QuerySet[Event]) -> QuerySet[Event]:
        """The events that match all filters; none while a filter is wrong."""
        if not self.is_valid():
            return events.none()
        chosen, found = self.cleaned_data, list(self._found)
        if chosen["verb"] == DECISIONS:
            found.append(Q(verb__in=_DECIDED))
        elif chosen["verb"]:
            found.append(Q(verb=chosen["verb"]))
        if chosen["outcome"]:
            found.append(Q(outcome=chosen["outcome"]))
        if chosen["since"]:
            found.append(Q(at__gte=_midnight(chosen["since"])))
        if chosen["until"]:
            found.append(Q(at__lt=_midnight(chosen["until"] + timedelta(days=1))))
        if chosen["hint"]:
            events = events.alias(names=Cast(F("moved"), TextField()))
        return events.filter(*found)

    @property
    def words(self) -> list[str]:
        """What is looked for, filter by filter, as the reader typed or chose it."""
        found = []
        for name, field in self.fields.items():
            typed = str(self.data.get(name, "")).strip()
            if typed and isinstance(field, forms.ChoiceField):
                typed = str(dict(field.choices).get(typed, typed))  # type: ignore[arg-type]
            if typed:
                found.append(f"{str(field.label).lower()} “{typed}”")
        return found


def _streams(rows: QuerySet[Registration], *, most: int = MOST_SECRETS) -> Iterable[UUID]:
    return rows.order_by().values_list("uuid", flat=True)[:most]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
