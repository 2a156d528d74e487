"""Every event of a registration and of the desk, with its wording for the desk and for the partner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portal.accounts.events import AccountEvent
from portal.audit.names import EventName
from portal.sealing_keys.events import SealingEvent


class RegistrationEvent(EventName):
    """An event by its stored name.

    A verb that was refused or failed leaves one under its own name, such as ``revision.approve``; one that
    succeeded leaves one such as ``revision.approved``. Partners never read the name of a member of staff or
    of a colleague: the log knows pseudonyms only.
    """

    REGISTRATION_STARTED = "registration.started", "Draft started", "{who} started the registration."
    REGISTRATION_PROMOTED = (
        "registration.promoted",
        "Draft for production started from a staging client",
        "{who} started the registration with the answers of a staging client.",
    )
    REGISTRATION_ADOPTED = (
        "registration.adopted",
        "Adopted",
        "Pleo added the client, which was in use before this portal.",
    )
    REGISTRATION_SUSPENDED = "registration.suspended", "Suspended", "Pleo suspended the client."
    REGISTRATION_SUSPEND = "registration.suspend", "Suspension attempted"
    REGISTRATION_REINSTATED = "registration.reinstated", "Reinstated", "Pleo reinstated the client."
    REGISTRATION_REINSTATE = "registration.reinstate", "Reinstatement attempted"
    REGISTRATION_CLOSED = "registration.closed", "Closed", "{who} closed the registration."
    REGISTRATION_CLOSE = "registration.close", "Closing attempted"
    STRANGERS_TRIED = (
        "strangers.tried",
        "Tries by strangers, refused",
        "Within an hour, people outside your organisation tried {tries}× to reveal a secret or to decide. "
        "All were refused.",
    )
    DRAFT_DISCARDED = "draft.discarded", "Draft discarded", "{who} discarded the draft."
    REVISION_SUBMITTED = "revision.submitted", "Submitted", "{who} submitted the registration for review."
    REVISION_APPLIED = (
        "revision.applied",
        "Change in effect without a review",
        "{who} made a change that needed no review. It took effect at once.",
    )
    REVISION_RESTRICTED = (
        "revision.restricted",
        "Redirect URIs or scopes taken away by the partner",
        "{who} took redirect URIs or scopes away from the live client. It took effect at once.",
    )
    REVISION_WITHDRAWN = "revision.withdrawn", "Withdrawn by the partner", "{who} withdrew the submission."
    REVISION_APPROVED = "revision.approved", "Approved", "Pleo approved the submission."
    REVISION_CHANGES_REQUESTED = "revision.changes_requested", "Changes requested", "Pleo asked for changes."
    REVISION_REJECTED = "revision.rejected", "Rejected", "Pleo rejected the submission."
    REVISION_APPROVE = "revision.approve", "Approval attempted"
    REVISION_REQUEST_CHANGES = "revision.request_changes", "Request for changes attempted"
    REVISION_REJECT = "revision.reject", "Rejection attempted"
    REVISION_CLAIMED = "revision.claimed", "Review claimed"
    REVISION_RELEASED = "revision.released", "Claim released"
    REVISION_REASSIGNED = "revision.reassigned", "Review handed over"
    REVISION_CLAIM = "revision.claim", "Claim attempted"
    REVISION_RELEASE = "revision.release", "Release of the claim attempted"
    REVISION_REASSIGN = "revision.reassign", "Handing over of the review attempted"
    REVISION_SNOOZED = "revision.snoozed", "Request snoozed"
    REVISION_WOKEN = "revision.woken", "Snooze of the request ended"
    EMAILS_CHOSEN = "emails.chosen", "Emails about submissions chosen"
    DESK_EXPORTED = "desk.exported", "List downloaded"
    REVISION_SCOPES_CONFIRMED = "revision.scopes_confirmed", "Restricted scopes confirmed"
    REVISION_CONFIRM_SCOPES = "revision.confirm_scopes", "Confirmation of restricted scopes attempted"
    REVISION_OVERRIDDEN = "revision.overridden", "Value accepted against a rule"
    REVISION_OVERRIDE = "revision.override", "Acceptance against a rule attempted"
    CHECKLIST_TICKED = "checklist.ticked", "Checklist item ticked"
    CHECKLIST_UNTICKED = "checklist.unticked", "Checklist item unticked"
    COMMENT_WRITTEN = "comment.written", "Comment to the partner written"
    COMMENT_TAKEN_BACK = "comment.taken_back", "Comment to the partner taken back"
    THREAD_RESOLVED = "thread.resolved", "Thread resolved"
    THREAD_REOPENED = "thread.reopened", "Thread reopened"
    MESSAGE_SENT = "message.sent", "Message from the partner", "{who} wrote a message to Pleo."
    NOTE_WRITTEN = "note.written", "Desk note written"
    MENTION_SEEN = "mention.seen", "Mention marked as seen"
    ORGANISATION_NOTED = "organisation.noted", "Note on organisation written"
    CONTACT_EMAILED = (
        "contact.emailed",
        "Contacts emailed that had to wait, or forgotten since none names them",
    )
    CONTACT_EMAILED_AGAIN = (
        "contact.emailed_again",
        "Contact asked again to confirm",
        "{who} asked a contact again to confirm their address.",
    )
    CONTACT_CONFIRMED = "contact.confirmed", "Contact confirmed, by the link in the email"
    CONTACT_REFUSED = "contact.refused", "Contact said not me, by the link in the email"
    PKCE_GRANTED = "pkce.granted", "PKCE exception granted", "Pleo granted the PKCE exception."
    PKCE_REFUSED = "pkce.refused", "PKCE exception refused", "Pleo refused the PKCE exception."
    PKCE_GRANTED_INSTEAD = (
        "pkce.granted_instead",
        "Decision on the PKCE exception corrected: granted",
        "Pleo corrected its decision on the PKCE exception: it is granted.",
    )
    PKCE_REFUSED_INSTEAD = (
        "pkce.refused_instead",
        "Decision on the PKCE exception corrected: refused",
        "Pleo corrected its decision on the PKCE exception: it is refused.",
    )
    PKCE_GRANT = "pkce.grant", "Grant of a PKCE exception attempted"
    PKCE_REFUSE = "pkce.refuse", "Refusal of a PKCE exception attempted"
    PKCE_REVOKED = "pkce.revoked", "PKCE exception revoked", "Pleo revoked the PKCE exception."
    PKCE_REVOKE = "pkce.revoke", "Revocation of a PKCE exception attempted"
    PKCE_LAPSED = "pkce.lapsed", "PKCE exception lapsed", "The PKCE exception ended on its last day."
    PKCE_REMINDED = (
        "pkce.reminded",
        "Reminder about the PKCE exception sent",
        "Pleo sent a reminder that the PKCE exception ends soon.",
    )
    SECRET_REVEALED = "secret.revealed", "Secret revealed", "{who} revealed the client secret."
    SECRET_REVEAL = "secret.reveal", "Reveal attempted"
    SECRET_ROTATED = "secret.rotated", "New secret issued", "{who} issued a new client secret."
    SECRET_REVOKED = "secret.revoked", "Secret revoked", "{who} revoked the client secret."
    SECRET_REPLACED = (
        "secret.replaced",
        "Leaked secret revoked and a new one issued",
        "{who} revoked a leaked client secret and issued a new one.",
    )
    SECRET_REVOKED_AT_DESK = (
        "secret.revoked_at_desk",
        "Secret revoked by staff",
        "Pleo revoked the client secret.",
    )
    SECRET_REVOKE = "secret.revoke", "Revocation of a secret by staff attempted"
    SECRET_LAPSED = (
        "secret.lapsed",
        "Secret not revealed in time",
        "Nobody revealed the client secret in time, so it was destroyed.",
    )
    SECRET_REMINDED = (
        "secret.reminded",
        "Reminder about an old secret sent",
        "Pleo sent a reminder that the old client secret expires soon.",
    )
    SECRET_EXPIRED = (
        "secret.expired",
        "Old secret expired",
        "The old client secret expired, as chosen when the new one was issued.",
    )
    SECRET_SETTLED = (
        "secret.settled",
        "Old secret settled after an upgrade",
        "The new client secret was revealed or ended during an update of the portal. The old one follows it.",
    )
    SECRET_VOIDED = (
        "secret.voided",
        "Unrevealed secret destroyed after a restore",
        "The portal was restored from a backup. The secret that waited to be revealed was destroyed.",
    )
    SECRET_VOIDED_FOR_KEY = (
        "secret.voided_for_key",
        "Unrevealed secret destroyed because of its key",
        "Pleo gave up the key that encrypted the client secret. So the secret, which waited to be revealed, "
        "was destroyed.",
    )
    TOKEN_CREATED = "token.created", "API token created"
    TOKEN_REVOKED = "token.revoked", "API token revoked"
    TOKEN_REMINDED = "token.reminded", "Leads reminded that an API token ends"
    BACKUP_RESTORED = "backup.restored", "Restored from a backup"
    EMAILS_RELEASED = "emails.released", "Emails released after a restore"
    UNDELIVERED_REQUEUED = "undelivered.requeued", "Undelivered emails or webhooks sent again"
    SCOPE_ADDED = "scope.added", "Scope added to the catalogue"
    SCOPE_CHANGED = "scope.changed", "Scope changed in the catalogue"
    SCOPE_DELETED = "scope.deleted", "Scope deleted from the catalogue"
    SUBJECT_TYPE_ADDED = "subject_type.added", "Subject type added to the catalogue"
    SUBJECT_TYPE_CHANGED = "subject_type.changed", "Subject type changed in the catalogue"
    SUBJECT_TYPE_DELETED = "subject_type.deleted", "Subject type deleted from the catalogue"
    DECISION_REASON_ADDED = "decision_reason.added", "Prepared reason added"
    DECISION_REASON_CHANGED = "decision_reason.changed", "Prepared reason changed"
    DECISION_REASON_DELETED = "decision_reason.deleted", "Prepared reason deleted"


_DESK: Final[Mapping[str, str]] = {
    event.value: event.desk for event in (*RegistrationEvent, *AccountEvent, *SealingEvent)
}


def desk_wording(stored: str) -> str:
    """The desk's wording of an event; the stored name itself where this release does not know it."""
    return _DESK.get(stored, stored)
