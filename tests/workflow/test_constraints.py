"""The database has the last word: each named constraint refuses what it is named after.

Every row begins with a valid record, made by the verbs; the change alone is what is wrong.
That the verbs' own records pass is the other half of the proof.
"""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import F

from registrations.models import (
    ApiToken,
    ChecklistTick,
    Comment,
    ContactConfirmation,
    CorrectedDecision,
    DailyDigest,
    DecisionReason,
    DeskNote,
    Draft,
    EmailChoice,
    FeedState,
    GivenReason,
    Inventory,
    LastUse,
    LateChange,
    Logo,
    Mention,
    OrganisationNote,
    Override,
    Preflight,
    RedirectUri,
    RequestedScope,
    ReviewDraft,
    ReviewMarks,
    Revision,
    Scope,
    ScopeConfirmation,
    ServedClient,
    Snooze,
    StrangersTries,
    SubjectType,
    Suspension,
    Thread,
    UsageReports,
    WrongSecrets,
)
from tests.support import kinds
from tests.support.kinds import (
    NOW,
    active,
    adopted,
    adopted_secret,
    by_rules,
    in_force,
    in_use,
    live,
    one,
    pending,
    requested,
    retiring,
    sealed,
    tried,
    under_review,
    unused_reason,
)


@pytest.fixture
def context(partner, reviewer, lead):
    kinds.make(partner, reviewer, lead)


SOMEBODY = "somebody"


BROKEN = [
    ("registration_status_known", pending, {"status": "moon"}),
    ("registration_live_has_client_id", pending, {"status": "active"}),
    ("registration_pending_has_no_client_id", active, {"status": "pending"}),
    ("registration_client_id_with_activation", active, {"activated_at": None}),
    ("registration_client_id_with_activation", active, {"environment": None}),
    ("registration_in_feed_has_client_id", pending, {"feed_position": 1_000_000}),
    ("registration_environment_known", active, {"environment": "moon"}),
    ("registration_closed_at_exactly_when_closed", active, {"status": "closed"}),
    ("registration_closed_at_exactly_when_closed", active, {"closed_at": NOW}),
    ("registration_suspended_at_exactly_when_suspended", active, {"status": "suspended"}),
    ("registration_suspended_at_exactly_when_suspended", active, {"suspended_at": NOW}),
    ("registration_closed_reason_only_when_closed", active, {"closed_reason": "It was sold."}),
    ("registration_started_by_somebody_unless_adopted", pending, {"created_by": None}),
    ("registration_started_by_somebody_unless_adopted", active, {"adopted_at": NOW}),
    ("registration_adopted_has_client_id", pending, {"adopted_at": NOW, "created_by": None}),
    ("review_marks_risk_exactly_when_marked", ReviewMarks.objects.all, {"risk": 0}),
    ("review_marks_risk_exactly_when_marked", ReviewMarks.objects.all, {"kinds": []}),
    ("review_marks_again_after_they_were_booked", ReviewMarks.objects.all, {"again_at": NOW}),
    ("suspension_has_reason", Suspension.objects.all, {"reason": ""}),
    ("suspension_lifted_by_somebody", Suspension.objects.all, {"lifted_at": NOW}),
    ("suspension_lifted_by_somebody", Suspension.objects.all, {"lifted_by": SOMEBODY}),
    ("suspension_note_only_when_lifted", Suspension.objects.all, {"note": "Go on."}),
    ("draft_version_counts_from_one", Draft.objects.all, {"version": 0}),
    ("revision_number_from_one", live, {"number": 0}),
    ("revision_status_known", under_review, {"status": "moon", "decided_at": NOW, "decided_by": SOMEBODY}),
    ("revision_environment_known", live, {"environment": "moon"}),
    ("revision_pkce_support_known", live, {"pkce_support": "no"}),
    ("revision_exception_is_justified", under_review, {"pkce_justification": ""}),
    ("revision_wished_end_is_possible_and_of_a_request", live, {"pkce_wished_end": date(2027, 3, 31)}),
    (
        "revision_wished_end_is_possible_and_of_a_request",
        under_review,
        {"pkce_wished_end": date(9999, 12, 31)},
    ),
    ("revision_is_confidential", live, {"confidential": False}),
    ("revision_has_name_skeleton", live, {"name_skeleton": ""}),
    ("revision_is_complete", live, {"client_name": ""}),
    ("revision_is_complete", live, {"client_uri": ""}),
    ("revision_is_complete", live, {"tos_uri": ""}),
    ("revision_is_complete", live, {"policy_uri": ""}),
    ("revision_decided_exactly_when_not_under_review", under_review, {"status": "rejected"}),
    ("revision_decided_exactly_when_not_under_review", live, {"decided_by": None}),
    ("revision_decided_exactly_when_not_under_review", live, {"decided_at": None}),
    ("revision_decided_how_known", live, {"decided_how": "moon"}),
    ("revision_submitted_by_somebody_unless_adopted", live, {"submitted_by": None}),
    ("revision_submitted_by_somebody_unless_adopted", adopted, {"submitted_by": SOMEBODY}),
    ("revision_adopted_is_the_first_and_nobodys", adopted, {"decided_by": SOMEBODY}),
    ("revision_adopted_is_the_first_and_nobodys", adopted, {"decided_at": None}),
    ("revision_adopted_is_the_first_and_nobodys", adopted, {"number": 2}),
    ("revision_adopted_is_the_first_and_nobodys", adopted, {"status": "rejected"}),
    ("revision_by_rules_is_live_at_once", live, {"decided_how": "rules"}),
    ("revision_by_rules_is_live_at_once", by_rules, {"status": "rejected"}),
    ("revision_by_rules_is_live_at_once", by_rules, {"decided_at": NOW}),
    ("revision_by_rules_is_live_at_once", by_rules, {"decided_by": 999_999}),
    ("revision_by_rules_is_live_at_once", by_rules, {"note": "Well done."}),
    ("revision_beside_an_older_one_by_rules", live, {"beside": 1}),
    ("revision_beside_an_older_one_by_rules", by_rules, {"beside": 0}),
    ("revision_beside_an_older_one_by_rules", by_rules, {"beside": 2}),
    (
        "requested_scope_reason_only_when_refused",
        RequestedScope.objects.exclude(granted=False).all,
        {"refused_because": "Not needed."},
    ),
    ("revision_claimed_by_somebody", under_review, {"claimed_at": NOW}),
    ("revision_claimed_by_somebody", under_review, {"claimed_by": SOMEBODY}),
    ("revision_claimed_only_under_review", live, {"claimed_at": NOW, "claimed_by": SOMEBODY}),
    ("thread_field_known", Thread.objects.all, {"field": "moon"}),
    ("thread_resolved_by_somebody", Thread.objects.all, {"resolved_at": NOW}),
    ("comment_has_text", Comment.objects.all, {"text": ""}),
    ("comment_of_partner_is_sent", Comment.objects.all, {"by_desk": False}),
    ("checklist_tick_item_known", ChecklistTick.objects.all, {"item": "moon"}),
    ("decision_reason_is_complete", DecisionReason.objects.all, {"title": ""}),
    ("decision_reason_is_complete", DecisionReason.objects.all, {"wording": ""}),
    ("decision_reason_is_complete", unused_reason, {"code": ""}),
    (
        "decision_reason_for_a_decision",
        DecisionReason.objects.all,
        {"for_request_changes": False, "for_reject": False},
    ),
    ("desk_note_has_text", DeskNote.objects.all, {"text": ""}),
    ("desk_note_field_known", DeskNote.objects.all, {"field": "moon"}),
    ("mention_seen_after_it_was_made", Mention.objects.all, {"seen_at": NOW - timedelta(days=400)}),
    ("snooze_has_reason", Snooze.objects.all, {"reason": ""}),
    ("snooze_waiting_on_known", Snooze.objects.all, {"waiting_on": "moon"}),
    ("snooze_until_is_possible", Snooze.objects.all, {"until": date(1900, 1, 1)}),
    ("email_choice_known", EmailChoice.objects.all, {"submissions": "moon"}),
    ("digest_of_some_time", DailyDigest.objects.all, {"since": NOW}),
    ("review_draft_counts_from_one", ReviewDraft.objects.all, {"version": 0}),
    ("review_draft_counts_from_one", ReviewDraft.objects.all, {"seen_version": 0}),
    ("organisation_note_has_text", OrganisationNote.objects.all, {"text": ""}),
    ("redirect_uri_is_http", RedirectUri.objects.all, {"uri": "ftp://localhost/cb", "host": "localhost"}),
    ("redirect_uri_http_only_for_loopback", RedirectUri.objects.all, {"uri": "http://client.example/cb"}),
    ("redirect_uri_is_exact", RedirectUri.objects.all, {"uri": "https://*.client.example/cb"}),
    ("redirect_uri_is_exact", RedirectUri.objects.all, {"uri": "https://client.example/cb#x"}),
    ("secret_status_known", in_use, {"status": "moon"}),
    ("secret_never_sealed_and_revealed", sealed, {"revealed_at": NOW, "revealed_by": SOMEBODY}),
    ("secret_kept_exactly_while_sealed", sealed, {"sealed_secret": None}),
    ("secret_kept_exactly_while_sealed", sealed, {"status": "lapsed", "lapsed_at": NOW}),
    ("secret_revealed_by_somebody", in_use, {"revealed_by": None}),
    ("secret_in_use_was_revealed", sealed, {"status": "active", "sealed_secret": None}),
    ("secret_lapsed_was_not_revealed", in_use, {"status": "lapsed", "lapsed_at": NOW}),
    ("secret_lapsed_at_exactly_when_lapsed", sealed, {"status": "lapsed", "sealed_secret": None}),
    ("secret_revoked_by_somebody_exactly_when_revoked", in_use, {"status": "revoked"}),
    ("secret_revoked_by_somebody_exactly_when_revoked", in_use, {"status": "revoked", "revoked_at": NOW}),
    ("secret_revoked_by_somebody_exactly_when_revoked", in_use, {"revoked_at": NOW}),
    ("secret_expires_only_when_retired", in_use, {"expires_at": NOW}),
    ("secret_expired_has_expires_at", in_use, {"status": "expired"}),
    ("secret_grace_known", retiring, {"grace": "1h"}),
    ("secret_retired_has_grace", retiring, {"grace": ""}),
    ("secret_grace_only_when_retired", in_use, {"grace": "24h"}),
    ("secret_retiring_waits_or_ends", retiring, {"successor_until": NOW}),
    ("secret_retiring_waits_or_ends", retiring, {"expires_at": None}),
    ("secret_waits_only_when_retiring", in_use, {"successor_until": NOW}),
    ("secret_reminded_only_when_retired", in_use, {"remind_at": NOW}),
    ("secret_revoke_reason_only_when_revoked", in_use, {"revoke_reason": "It leaked."}),
    ("secret_leaked_only_when_revoked", in_use, {"leaked": True}),
    ("secret_at_desk_only_when_revoked", in_use, {"revoked_at_desk": True}),
    ("secret_reveal_until_after_issue", in_use, {"reveal_until": NOW - timedelta(days=1)}),
    ("secret_verifier_is_sha256", in_use, {"verifier": "A" * 64}),
    ("secret_hint_is_four_digits", in_use, {"hint": "12"}),
    ("secret_hint_is_four_digits", in_use, {"hint": ""}),
    ("secret_hint_is_four_digits", adopted_secret, {"hint": "0123"}),
    ("secret_issued_by_somebody_unless_adopted", in_use, {"issued_by": None}),
    ("secret_issued_by_somebody_unless_adopted", in_use, {"reveal_until": None}),
    ("secret_issued_by_somebody_unless_adopted", adopted_secret, {"issued_by": SOMEBODY}),
    ("secret_adopted_was_never_sealed_here", adopted_secret, {"revealed_at": NOW, "revealed_by": SOMEBODY}),
    ("strangers_tries_of_somebody", tried, {"tries": 0}),
    ("pkce_status_known", requested, {"status": "moon"}),
    ("pkce_decided_by_somebody", in_force, {"decided_by": None}),
    ("pkce_requested_is_undecided", requested, {"decided_at": NOW, "decided_by": SOMEBODY}),
    ("pkce_granted_or_refused_is_decided", requested, {"status": "refused"}),
    ("pkce_granted_has_end_date", in_force, {"expires_on": None}),
    ("pkce_end_date_only_when_granted", requested, {"expires_on": NOW.date()}),
    ("pkce_end_date_is_possible", in_force, {"expires_on": date(1900, 1, 1)}),
    ("pkce_end_date_is_possible", in_force, {"expires_on": date(9999, 12, 31)}),
    ("pkce_reminder_date_is_possible", in_force, {"remind_on": date(1, 1, 1)}),
    ("pkce_in_force_since_exactly_when_it_was", in_force, {"in_force_since": None}),
    ("pkce_in_force_since_exactly_when_it_was", requested, {"in_force_since": NOW}),
    ("pkce_over_since_exactly_when_over", in_force, {"status": "lapsed", "remind_on": None}),
    ("pkce_over_since_exactly_when_over", in_force, {"over_since": NOW}),
    ("pkce_reminded_only_in_force", requested, {"remind_on": NOW.date()}),
    (
        "pkce_revoked_by_somebody_exactly_when_revoked",
        in_force,
        {"status": "revoked", "over_since": NOW, "remind_on": None, "revoked_reason": "Why not."},
    ),
    ("pkce_revoked_by_somebody_exactly_when_revoked", in_force, {"revoked_by": SOMEBODY}),
    (
        "pkce_revoked_reason_exactly_when_revoked",
        in_force,
        {"status": "revoked", "over_since": NOW, "remind_on": None, "revoked_by": SOMEBODY},
    ),
    ("pkce_revoked_reason_exactly_when_revoked", in_force, {"revoked_reason": "Why not."}),
    (
        "corrected_decision_granted_until_a_day_or_refused",
        CorrectedDecision.objects.all,
        {"outcome": "granted"},
    ),
    (
        "corrected_decision_granted_until_a_day_or_refused",
        CorrectedDecision.objects.all,
        {"expires_on": date(2027, 3, 31)},
    ),
    ("corrected_decision_granted_until_a_day_or_refused", CorrectedDecision.objects.all, {"outcome": "moon"}),
    (
        "corrected_decision_was_made_before",
        CorrectedDecision.objects.all,
        {"corrected_at": NOW - timedelta(days=400)},
    ),
    ("pkce_has_justification", in_force, {"justification": ""}),
    ("override_of_a_rule_that_can_be", Override.objects.all, {"rule": "R-06"}),
    ("override_has_reason", Override.objects.all, {"reason": ""}),
    ("scope_confirmation_of_a_scope", ScopeConfirmation.objects.all, {"scopes": []}),
    ("preflight_field_known", Preflight.objects.all, {"field": "client_name"}),
    ("preflight_uri_is_https", Preflight.objects.all, {"uri": "http://client.example/"}),
    ("preflight_verdict_known", Preflight.objects.all, {"verdict": "moon", "checked_at": NOW}),
    ("preflight_checked_at_exactly_with_verdict", Preflight.objects.all, {"verdict": "silent"}),
    ("preflight_checked_at_exactly_with_verdict", Preflight.objects.all, {"checked_at": NOW}),
    (
        "preflight_claimed_only_without_verdict",
        Preflight.objects.all,
        {"verdict": "silent", "checked_at": NOW, "claimed_until": NOW},
    ),
    ("preflight_attempts_bounded", Preflight.objects.all, {"attempts": 4}),
    ("logo_digest_is_sha256", Logo.objects.all, {"digest": "AB" * 32}),
    ("logo_digest_128_is_sha256", Logo.objects.all, {"digest_128": ""}),
    ("logo_digest_256_is_sha256", Logo.objects.all, {"digest_256": "ab" * 31}),
    ("logo_within_pixels", Logo.objects.all, {"width": 127}),
    ("logo_within_pixels", Logo.objects.all, {"height": 4097}),
    ("scope_has_name", Scope.objects.filter(name="tags:read").all, {"name": ""}),
    ("scope_tier_known", Scope.objects.all, {"tier": "moon"}),
    ("subject_type_has_code", SubjectType.objects.all, {"code": ""}),
    ("api_token_environment_known", ApiToken.objects.all, {"environment": "moon"}),
    ("api_token_names_its_server", ApiToken.objects.all, {"server": ""}),
    ("api_token_has_a_right", ApiToken.objects.all, {"may_read": False}),
    (
        "api_token_verifiers_only_with_read",
        ApiToken.objects.all,
        {"may_read": False, "may_read_verifiers": True, "may_verify": True},
    ),
    ("api_token_slot_known", ApiToken.objects.all, {"slot": 3}),
    ("api_token_slot_only_when_not_revoked", ApiToken.objects.all, {"revoked_at": NOW}),
    ("api_token_revoked_by_only_when_revoked", ApiToken.objects.all, {"revoked_by": SOMEBODY}),
    ("api_token_expires_after_creation", ApiToken.objects.all, {"expires_at": NOW}),
    (
        "api_token_reminded_before_it_expires",
        ApiToken.objects.all,
        {"reminded_at": F("expires_at")},
    ),
    ("api_token_hash_is_sha256", ApiToken.objects.all, {"keyed_hash": "AB" * 32}),
    ("contact_address_in_lower_case", ContactConfirmation.objects.all, {"address": "Name@client.example"}),
    ("contact_address_in_lower_case", ContactConfirmation.objects.all, {"address": ""}),
    ("contact_status_known", ContactConfirmation.objects.all, {"status": "moon"}),
    ("contact_confirmed_at_exactly_when_confirmed", ContactConfirmation.objects.all, {"status": "confirmed"}),
    ("contact_confirmed_at_exactly_when_confirmed", ContactConfirmation.objects.all, {"confirmed_at": NOW}),
    ("contact_refused_at_exactly_when_refused", ContactConfirmation.objects.all, {"status": "refused"}),
    ("contact_refused_at_exactly_when_refused", ContactConfirmation.objects.all, {"refused_at": NOW}),
    (
        "contact_answers_only_an_email",
        ContactConfirmation.objects.all,
        {"status": "confirmed", "confirmed_at": NOW, "sent_at": None},
    ),
    ("feed_state_is_one_row", FeedState.objects.all, {"id": 2}),
    ("feed_state_counts_from_one", FeedState.objects.all, {"next_position": 0}),
    ("wrong_secrets_at_least_once", WrongSecrets.objects.all, {"times": 0}),
    ("served_client_version_counts_from_one", ServedClient.objects.all, {"version": 0}),
    ("served_client_in_force_when_reported", ServedClient.objects.all, {"reported_at": NOW}),
    ("inventory_environment_known", Inventory.objects.all, {"environment": "moon"}),
    ("late_change_noticed_after_change", LateChange.objects.all, {"changed_at": NOW}),
    ("last_use_of_either_client_or_secret", LastUse.objects.all, {"registration": None}),
    ("usage_reports_environment_known", UsageReports.objects.all, {"environment": "moon"}),
    ("usage_reports_in_order", UsageReports.objects.all, {"last_at": NOW}),
]


def refusal(change):
    """What the database says to the change, which does not stay; empty if it takes it."""
    try:
        with transaction.atomic():
            change()
            transaction.set_rollback(True)
    except IntegrityError as error:
        return str(error)
    return ""


def test_the_database_refuses_what_each_is_named_after(context, lead):
    taken = []
    for name, rows, change in BROKEN:
        row = one(rows())
        change = {key: lead.pk if value is SOMEBODY else value for key, value in change.items()}
        if name not in refusal(lambda: row.update(**change)):
            taken.append((name, change))
    assert taken == []


def copy(row, **changes):
    row.pk = None
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)


SECOND = {
    "revision_number_once": lambda: copy(live().first(), uuid=uuid4(), status="rejected"),
    "revision_one_under_review": lambda: copy(under_review().first(), uuid=uuid4(), number=2),
    "revision_one_approved": lambda: copy(live().first(), uuid=uuid4(), number=2),
    "redirect_uri_once": lambda: copy(RedirectUri.objects.first(), position=7),
    "redirect_uri_position_once": lambda: copy(RedirectUri.objects.first(), uri="https://client.example/2"),
    "review_draft_once": lambda: copy(ReviewDraft.objects.first()),
    "requested_scope_once": lambda: copy(RequestedScope.objects.first()),
    "scope_confirmation_once": lambda: copy(ScopeConfirmation.objects.first()),
    "secret_one_sealed_or_active": lambda: copy(sealed().first(), uuid=uuid4(), verifier="1" * 64),
    "secret_one_retiring": lambda: [
        copy(retiring().first(), uuid=uuid4(), verifier=digit * 64) for digit in "12"
    ],
    "contact_once_an_organisation": lambda: copy(ContactConfirmation.objects.first(), uuid=uuid4()),
    "checklist_tick_once": lambda: copy(ChecklistTick.objects.first()),
    "mention_once_a_note": lambda: copy(Mention.objects.first(), uuid=uuid4()),
    "snooze_once_a_person": lambda: copy(Snooze.objects.first(), uuid=uuid4()),
    "digest_once_a_day": lambda: copy(DailyDigest.objects.first()),
    "corrected_decision_once": lambda: copy(CorrectedDecision.objects.first()),
    "given_reason_once": lambda: copy(GivenReason.objects.first()),
    "preflight_once": lambda: copy(Preflight.objects.first()),
    "suspension_one_at_a_time": lambda: copy(Suspension.objects.first()),
    "override_once": lambda: copy(Override.objects.first()),
    "api_token_two_for_each_server": lambda: copy(
        ApiToken.objects.first(), uuid=uuid4(), keyed_hash="1" * 64
    ),
    "wrong_secrets_one_row_an_hour": lambda: copy(WrongSecrets.objects.first()),
    "strangers_tries_one_row_an_hour": lambda: copy(StrangersTries.objects.first(), uuid=uuid4()),
    "pkce_one_requested_or_granted": lambda: copy(
        requested().first(), uuid=uuid4(), revision=Revision.objects.filter(pkce_exception=None).first()
    ),
    "pkce_one_in_force": lambda: copy(
        in_force().first(), uuid=uuid4(), revision=Revision.objects.filter(pkce_exception=None).first()
    ),
}
# SQLite names the columns of a broken unique index, and only an index with a condition by itself.
COLUMNS = {
    "review_draft_once": "registrations_reviewdraft.registration_id, registrations_reviewdraft.reviewer_id",
    "revision_number_once": "number",
    "revision_one_under_review": "registration_id",
    "revision_one_approved": "registration_id",
    "redirect_uri_once": "uri",
    "redirect_uri_position_once": "position",
    "requested_scope_once": "scope_id",
    "scope_confirmation_once": "revision_id",
    "contact_once_an_organisation": "address",
    "checklist_tick_once": "item",
    "mention_once_a_note": "person_id",
    "snooze_once_a_person": "person_id",
    "digest_once_a_day": "day",
    "corrected_decision_once": "exception_id",
    "given_reason_once": "code",
    "preflight_once": "uri",
    "suspension_one_at_a_time": "registration_id",
    "override_once": "value",
    "api_token_two_for_each_server": "slot",
    "wrong_secrets_one_row_an_hour": "hour",
    "strangers_tries_one_row_an_hour": "hour",
    "secret_one_sealed_or_active": "registration_id",
    "secret_one_retiring": "registration_id",
    "pkce_one_requested_or_granted": "registration_id",
    "pkce_one_in_force": "registration_id",
}


def test_the_database_refuses_a_second(context):
    refused = {name: refusal(second) for name, second in SECOND.items()}
    assert [name for name in SECOND if name not in refused[name] and COLUMNS[name] not in refused[name]] == []


def test_every_constraint_of_the_record_is_shown_to_refuse():
    named = {
        constraint.name
        for model in apps.get_app_config("registrations").get_models()
        for constraint in model._meta.constraints
    }
    assert named == {row[0] for row in BROKEN} | set(SECOND)
