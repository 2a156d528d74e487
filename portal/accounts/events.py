"""Audit events about users, organisations and permissions."""

from __future__ import annotations

from portal.audit.names import EventName


class AccountEvent(EventName):
    """Events of accounts, organisations and permissions; no partner page lists them."""

    ACCOUNT_CREATED = "account_created", "Account created"
    ADDRESS_CONFIRMED = "address_confirmed", "Email address confirmed"
    PERSON_NAMED = "person_named", "Person named"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    PASSWORD_ENDED = "password_ended", "Unproven password ended"
    ORGANISATION_CREATED = "organisation_created", "Organisation created"
    ORGANISATION_ADDED = "organisation_added", "Organisation added by staff"
    ORGANISATION_CHANGED = "organisation_changed", "Organisation changed by staff"
    MEMBER_ADDED = "member_added", "Member added by staff"
    MEMBER_CHANGED = "member_changed", "Member changed by staff"
    MEMBER_REMOVED = "member_removed", "Member removed"
    USER_ADDED = "user_added", "Account added by staff"
    USER_CHANGED = "user_changed", "Account changed by staff"
    GROUP_ADDED = "group_added", "Group added"
    GROUP_CHANGED = "group_changed", "Group changed"
