"""From what a partner typed to what the rules and a revision see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from portal.paging import parse_uuid
from registrations.models import Draft, Revision
from registrations.rules import client_names
from registrations.rules.metadata import Metadata
from registrations.rules.overrides import Asked
from registrations.rules.rereview import in_effect
from registrations.rules.vocabulary import Environment, PkceSupport

Typed = Mapping[str, Any]


def metadata_of(typed: Typed, *, logo_digest: str | None) -> Metadata:
    """The draft as a record. Only the name is put in its stored form (section 3 of the rules);
    everything else stays to the letter as typed."""
    excepted = text(typed, "pkce_support") == PkceSupport.EXCEPTION_REQUESTED
    scope = tuple(dict.fromkeys(entries(typed, "scope")))
    return Metadata(
        client_name=client_names.normalise(text(typed, "client_name")),
        client_uri=text(typed, "client_uri"),
        logo_digest=logo_digest,
        tos_uri=text(typed, "tos_uri"),
        policy_uri=text(typed, "policy_uri"),
        contacts=entries(typed, "contacts"),
        initiation_uri=text(typed, "initiation_uri"),
        configuration_uri=text(typed, "configuration_uri"),
        environment=text(typed, "environment") or Environment.STAGING.value,
        redirect_uris=entries(typed, "redirect_uris"),
        scope=scope,
        scope_reasons=_reasons_for(scope, typed.get("scope_reasons")),
        pkce_support=text(typed, "pkce_support") or PkceSupport.SUPPORTED.value,
        pkce_justification=text(typed, "pkce_justification").strip() if excepted else "",
        pkce_controls=text(typed, "pkce_controls").strip() if excepted else "",
        subject_type_preference=text(typed, "subject_type_preference"),
        confidential=typed.get("confidential") is True,
    )


def _reasons_for(scope: Sequence[str], stored: object) -> tuple[tuple[str, str], ...]:
    """What was written for the chosen scopes; blank reasons are none."""
    if not isinstance(stored, Mapping):
        return ()
    return tuple((name, reason) for name in scope if (reason := text(stored, name).strip()))


def questions_of(typed: Typed) -> list[Asked]:
    """What the partner asks a reviewer (rule G-06), as far as it is a question at all."""
    stored = typed.get("review_asked", [])
    if not isinstance(stored, list):
        return []
    return [question for one in stored if (question := Asked.read(one))]


def answers_of(typed: Typed) -> dict[UUID, str]:
    """What the partner answers to the reviewers' comments, by thread; blank answers are none."""
    stored = typed.get("answers", {})
    if not isinstance(stored, Mapping):
        return {}
    return {
        thread: text(stored, key).strip()
        for key in stored
        if (thread := parse_uuid(key)) and text(stored, key).strip()
    }


def draft_metadata(draft: Draft) -> Metadata:
    """The stored draft as a record."""
    return metadata_of(draft.typed, logo_digest=draft.logo_id)


def typed_from(revision: Revision, *, is_excepted: bool = True) -> dict[str, Any]:
    """The revision as the form would have held it: where a draft starts again.

    With no PKCE exception running (``is_excepted``) it does not ask for one by itself.
    """
    record = in_effect(revision.metadata(), is_excepted=is_excepted)
    return {
        "client_name": record.client_name,
        "client_uri": record.client_uri,
        "tos_uri": record.tos_uri,
        "policy_uri": record.policy_uri,
        "contacts": list(record.contacts),
        "initiation_uri": record.initiation_uri,
        "configuration_uri": record.configuration_uri,
        "environment": record.environment,
        "redirect_uris": list(record.redirect_uris),
        "scope": list(record.scope),
        "scope_reasons": dict(record.scope_reasons),
        "pkce_support": record.pkce_support,
        "pkce_justification": record.pkce_justification,
        "pkce_controls": record.pkce_controls,
        "subject_type_preference": record.subject_type_preference,
        "confidential": record.confidential,
        "review_asked": revision.review_asked,
    }


def text(typed: Typed, field: str) -> str:
    value = typed.get(field, "")
    return value if isinstance(value, str) else ""


def entries(typed: Typed, field: str) -> tuple[str, ...]:
    value = typed.get(field, [])
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list) else ()
