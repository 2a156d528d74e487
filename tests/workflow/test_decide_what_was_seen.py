"""Whatever a reviewer says about a revision is about the one that was on the page, field by field."""

import pytest
from django.db import transaction
from django.utils import timezone

from registrations.rules.record_fields import FIELDS
from registrations.workflow import checklist, comments, drafting, pkce, review, scopes
from registrations.workflow.refusals import StaleVersion
from tests.support.registrations import REASON, a_logo, change, in_days
from tests.support.scenes import BUSY, ITEM, NAME, QUESTION, accept, cast, under_review

pytestmark = pytest.mark.django_db

WHY = BUSY["scope_reasons"]["vendors:write"]
CHANGES = {
    "client_name": {"client_name": "Another Client", "review_asked": []},
    "client_uri": {"client_uri": "https://client.example/home"},
    "logo": {},
    "tos_uri": {"tos_uri": "https://client.example/terms"},
    "policy_uri": {"policy_uri": "https://client.example/privacy"},
    "contacts": {"contacts": ["someone.else@client.example"]},
    "initiation_uri": {"initiation_uri": "https://client.example/start"},
    "configuration_uri": {"configuration_uri": "https://client.example/settings"},
    "environment": {"environment": "production"},
    "redirect_uris": {"redirect_uris": ["https://evil.example/callback"]},
    "scope": {"scope": ["vendors:write"]},
    "pkce_support": {"pkce_support": "supported", "pkce_justification": "", "pkce_controls": ""},
    "pkce_justification": {"pkce_justification": f"{REASON} Or in summer."},
    "pkce_controls": {"pkce_controls": "A session that is bound to the browser."},
    "pkce_wished_end": {"pkce_wished_end": in_days(100).isoformat()},
    "subject_type_preference": {"subject_type_preference": "company"},
    "reason of a scope": {"scope_reasons": {"vendors:write": f"{WHY} And for each old one."}},
    "reason of a question": {"review_asked": [QUESTION | {"reason": "It is our founder's name, too."}]},
}
SHOWN_AS = {"reason of a scope": "scope", "reason of a question": "review_asked"}

VERBS = {
    "approve": lambda one, who, thread: review.approve(
        one, by=who.reviewer, seen_version=1, signed_in_at=timezone.now()
    ),
    "request changes": lambda one, who, thread: review.request_changes(
        one, by=who.reviewer, seen_version=1, note="More."
    ),
    "reject": lambda one, who, thread: review.reject(one, by=who.reviewer, seen_version=1, note="No."),
    "override": lambda one, who, thread: review.override(
        one, by=who.reviewer, seen_version=1, rule="N-05", value=NAME, reason="A museum."
    ),
    "confirm scopes": lambda one, who, thread: scopes.confirm_scopes(one, by=who.lead, seen_version=1),
    "grant": lambda one, who, thread: pkce.grant(
        one, by=who.approver, seen_version=1, expires_on=in_days(30), signed_in_at=timezone.now()
    ),
    "refuse": lambda one, who, thread: pkce.refuse(one, by=who.approver, seen_version=1, note="No."),
    "tick": lambda one, who, thread: checklist.tick(one, by=who.reviewer, seen_version=1, item=ITEM),
    "untick": lambda one, who, thread: checklist.untick(one, by=who.reviewer, seen_version=1, item=ITEM),
    "comment": lambda one, who, thread: comments.comment(one, by=who.reviewer, seen_version=1, text="Why?"),
    "reply": lambda one, who, thread: comments.reply(
        one, thread, by=who.reviewer, seen_version=1, text="Why?"
    ),
}


def test_the_sweep_changes_every_field():
    """The tick that the client keeps its secret cannot differ: nothing is submitted without it."""
    assert set(CHANGES) - set(SHOWN_AS) == set(FIELDS) - {"confidential"}


@pytest.mark.parametrize("what", CHANGES)
def test_nothing_is_said_about_what_was_not_seen(what):
    who = cast()
    registration = under_review(who, True)
    thread = registration.threads.get(resolved_at=None).uuid
    drafting.withdraw(registration.uuid, by=who.admin)
    logo = {"logo": a_logo("b" * 64)} if what == "logo" else {}
    change(registration, who.admin, **CHANGES[what], **logo)
    drafting.submit(registration.uuid, by=who.admin)
    for verb in VERBS.values():
        mark = transaction.savepoint()
        with pytest.raises(StaleVersion) as refusal:
            verb(registration.uuid, who, thread)
        assert SHOWN_AS.get(what, what) in {one.field for one in refusal.value.difference}
        transaction.savepoint_rollback(mark)
    assert registration.revisions.get(number=2).status == "under_review"


def test_what_was_accepted_and_granted_before_counts_for_the_revision_that_was_seen():
    """An answer to the value carries on (G-06); ticks, grants and confirmations do not."""
    who = cast()
    registration = under_review(who, True)
    accept(registration, who.reviewer, 1)
    scopes.confirm_scopes(registration.uuid, by=who.lead, seen_version=1)
    pkce.grant(
        registration.uuid,
        by=who.approver,
        seen_version=1,
        expires_on=in_days(90),
        signed_in_at=timezone.now(),
    )
    drafting.withdraw(registration.uuid, by=who.admin)
    drafting.submit(registration.uuid, by=who.admin)
    newest = registration.revisions.get(number=2)
    assert registration.overrides.exists()
    assert not newest.ticks.exists()
    assert not newest.scope_confirmations.exists()
    assert newest.pkce_exception.status == "requested"
