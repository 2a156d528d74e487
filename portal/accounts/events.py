"""Audit events about users, organisations and permissions."""

from __future__ import annotations

from portal.audit.names import EventName


class AccountEvent(EventName):
    """Events of accounts, organisations and permissions.

    Members read those of their organisation that have a sentence. In it ``{who}`` is who did it, ``{whom}``
    the member or the invited person, and ``{role}`` the role that they got.
    """

    SIGNED_IN = "signed_in", "Signed in"
    SIGNED_OUT = "signed_out", "Signed out"
    SIGN_IN = "sign_in", "Sign-in attempted"
    SIGN_INS_FAILED = "sign_ins_failed", "Failed sign-ins within an hour"
    PASSWORD_AGAIN = "password_again", "Own password entered again"
    PROVIDER_ACCOUNT_CREATED = "provider_account_created", "Account created at a provider’s sign-in"
    PROVIDER_CONNECTED = "provider_connected", "Account connected with the sign-in provider"
    PROVIDER_RIGHTS_CHANGED = "provider_rights_changed", "Rights changed by the sign-in provider"
    ACCOUNT_CREATED = "account_created", "Account created"
    ADDRESS_CONFIRMED = "address_confirmed", "Email address confirmed"
    PERSON_NAMED = "person_named", "Person named"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    FACTOR_ADDED = "factor_added", "Second factor added"
    FACTOR_REMOVED = "factor_removed", "Second factor removed"
    FACTOR_REPLACED = "factor_replaced", "Recovery codes replaced"
    FACTOR_LOST = "factor_lost", "Second factor reported lost"
    FACTOR_RESET_AGREED = "factor_reset_agreed", "Agreed to take off a second factor"
    FACTOR_RESET_REFUSED = "factor_reset_refused", "Refused to take off a second factor"
    FACTOR_RESET = "factor_reset", "Second factor taken off"
    SESSION_ENDED = "session_ended", "Session signed out by its owner"
    SESSIONS_ENDED = "sessions_ended", "All sessions of a person ended"
    PASSWORD_ENDED = "password_ended", "Unproven password ended"
    NOTIFICATIONS_CHOSEN = "notifications_chosen", "Emails chosen"
    EMAIL_CHANGE_ASKED = "email_change_asked", "Change of email address asked for"
    EMAIL_CHANGED = "email_changed", "Email address changed"
    ACCOUNT_DELETED = "account_deleted", "Account deleted by its owner"
    DATA_EXPORTED = "data_exported", "Own data exported"
    ORGANISATION_CREATED = "organisation_created", "Organisation created", "{who} created the organisation."
    ORGANISATION_ADDED = "organisation_added", "Organisation added by staff", "Pleo added the organisation."
    ORGANISATION_CHANGED = (
        "organisation_changed",
        "Organisation changed by staff",
        "Pleo changed the name of the organisation or why it is accepted.",
    )
    MEMBER_ADDED = "member_added", "Member added by staff", "Pleo added {whom} with the role {role}."
    MEMBER_CHANGED = "member_changed", "Member changed by staff", "Pleo changed the role of {whom} to {role}."
    MEMBER_REMOVED = "member_removed", "Member removed", "{who} removed {whom}."
    MEMBER_LEFT = "member_left", "Member left", "{who} left the organisation."
    ROLE_CHANGED = "role_changed", "Role changed", "{who} changed the role of {whom} to {role}."
    ORGANISATION_RENAMED = "organisation_renamed", "Organisation renamed", "{who} renamed the organisation."
    SECOND_FACTOR_REQUIRED = (
        "second_factor_required",
        "Second factor required of members",
        "{who} made a second factor a requirement for all members.",
    )
    SECOND_FACTOR_OPTIONAL = (
        "second_factor_optional",
        "Second factor left to members",
        "{who} left it to members whether they have a second factor.",
    )
    ORGANISATION_CLOSED = "organisation_closed", "Organisation closed"
    INVITATION_SENT = "invitation_sent", "Invitation sent", "{who} invited {whom} with the role {role}."
    INVITATION_REVOKED = "invitation_revoked", "Invitation revoked", "{who} revoked the invitation of {whom}."
    INVITATION_ACCEPTED = (
        "invitation_accepted",
        "Invitation accepted",
        "{who} accepted an invitation, with the role {role}.",
    )
    JOIN_REQUESTED = "join_requested", "Request to join", "{who} asked to join."
    JOIN_ACCEPTED = (
        "join_accepted",
        "Request to join accepted",
        "{who} let {whom} in, with the role {role}.",
    )
    JOIN_REFUSED = "join_refused", "Request to join refused", "{who} refused the request of {whom} to join."
    STAFF_REQUESTED = "staff_requested", "Confirmation asked of a second superuser"
    STAFF_REQUEST_CONFIRMED = (
        "staff_request_confirmed",
        "Confirmed by a second superuser",
    )
    STAFF_REQUEST_WITHDRAWN = "staff_request_withdrawn", "Request to a second superuser withdrawn"
    USER_ADDED = "user_added", "Account added by staff"
    USER_CHANGED = "user_changed", "Account changed by staff"
    GROUP_ADDED = "group_added", "Group added"
    GROUP_CHANGED = "group_changed", "Group changed"
