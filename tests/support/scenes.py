"""A registration in each state that the tables of docs/verbs.md name.

A registration is *plain* or *busy*. A busy one requests everything that the desk has to decide on (a name
that a rule rejects, a restricted scope, a PKCE exception), and the desk has claimed, snoozed, ticked and
commented on it.
"""

from dataclasses import dataclass

from django.utils import timezone

from portal.accounts.models import Membership, Role
from registrations.domain.waiting import WaitingOn
from registrations.workflow import (
    assignment,
    checklist,
    client,
    comments,
    drafting,
    pkce,
    review,
    scopes,
    snoozing,
)
from tests.support import people
from tests.support.registrations import (
    REASON,
    a_draft,
    again,
    change,
    example_values,
    in_days,
    submitted,
    with_exception,
)

NAME = "Pleo Archive"
QUESTION = {"rule": "N-05", "value": NAME, "reason": "It is the name of our museum since 1954."}
BUSY = with_exception(
    client_name=NAME,
    review_asked=[QUESTION],
    scope=["users:read", "vendors:write"],
    scope_reasons={"vendors:write": "Our till adds a vendor for each new shop."},
)
ITEM = "name_is_theirs"
SNOOZE = {"until": in_days(3), "reason": "They answer on Monday.", "waiting_on": WaitingOn.PARTNER}
UNREVIEWED = {"contacts": ["other@client.example"]}
REVIEWED = {"redirect_uris": ["https://client.example/other"], "pkce_justification": f"{REASON} Still so."}


@dataclass
class Cast:
    """Everybody who could try a verb, by the name that the tables use."""

    everybody: dict

    def __getattr__(self, name):
        return self.everybody[name]


def cast():
    partner = people.partner()
    home = people.home(partner)
    everybody = {
        "stranger": people.stranger(),
        "viewer": people.viewer(home),
        "developer": people.colleague(home),
        "admin": partner,
        "clerk": people.person("clerk@portal.example", is_staff=True),
        "auditor": people.auditor(),
        "reviewer": people.reviewer(),
        "approver": people.staff("approver@portal.example", "PKCE approvers"),
        "lead": people.head(),
        "insider": people.lead("insider@portal.example"),
    }
    Membership.objects.create(user=everybody["insider"], organisation=home, role=Role.VIEWER)
    return Cast(everybody)


@dataclass
class Scene:
    """A registration in one state; ``number`` is its newest revision's, 1 before there is one."""

    registration: object
    is_busy: bool

    @property
    def uuid(self):
        return self.registration.uuid

    @property
    def number(self):
        return max(again(self.registration).revision_count, 1)

    @property
    def draft_version(self):
        draft = getattr(again(self.registration), "draft", None)
        return draft.version if draft else 0

    def newest(self, rows):
        return getattr(rows.order_by("-pk").first(), "uuid", None)


def draft(who, is_busy):
    return a_draft(who.admin, **(BUSY if is_busy else {}))


def under_review(who, is_busy):
    registration = submitted(who.admin, **(BUSY if is_busy else {}))
    return worked_on_by_desk(who, registration) if is_busy else registration


def worked_on_by_desk(who, registration):
    """Do what the desk does with a busy registration before it decides.

    The newest thread is the open one.
    """
    seen = {"seen_version": again(registration).revision_count, "by": who.reviewer}
    assignment.claim(registration.uuid, by=who.reviewer)
    snoozing.snooze(registration.uuid, **seen, **SNOOZE)
    if ITEM in checklist.unticked(registration.revisions.first()):
        checklist.tick(registration.uuid, item=ITEM, **seen)
    done = comments.comment(registration.uuid, text="Well said.", **seen)
    comments.resolve(registration.uuid, done.thread.uuid, by=who.reviewer)
    comments.comment(registration.uuid, text="Which product is this?", field="client_name", **seen)
    return again(registration)


def make_approvable(who, registration, is_first=True):
    """Do everything that the approval of a busy registration waits for."""
    number = again(registration).revision_count
    if is_first:
        accept(registration, who.reviewer, number)
        scopes.confirm_scopes(registration.uuid, by=who.lead, seen_version=number)
    pkce.grant(
        registration.uuid,
        by=who.approver,
        seen_version=number,
        expires_on=in_days(90),
        signed_in_at=timezone.now(),
    )


def accept(registration, by, number):
    pair = {"rule": QUESTION["rule"], "value": NAME}
    return review.override(registration.uuid, by=by, seen_version=number, reason="A museum.", **pair)


def decided_against(who, is_busy, verb):
    registration = under_review(who, is_busy)
    verb(registration.uuid, by=who.reviewer, seen_version=1, note="Name the product.")
    return registration


def withdrawn(who, is_busy):
    registration = under_review(who, is_busy)
    drafting.withdraw(registration.uuid, by=who.admin)
    return registration


def live(who, is_busy):
    registration = under_review(who, is_busy)
    if is_busy:
        make_approvable(who, registration)
    review.approve(registration.uuid, by=who.reviewer, seen_version=1, signed_in_at=timezone.now())
    return again(registration)


def live_with_draft(who, is_busy, **changes):
    registration = live(who, is_busy)
    data = (BUSY if is_busy else {}) | changes
    return change(registration, who.admin, **example_values(**data))


def live_under_review(who, is_busy):
    changes = dict(REVIEWED) if is_busy else {"redirect_uris": REVIEWED["redirect_uris"]}
    registration = live_with_draft(who, is_busy, **changes)
    drafting.submit(registration.uuid, by=who.admin)
    return worked_on_by_desk(who, registration) if is_busy else again(registration)


def suspended(who, registration):
    client.suspend(registration.uuid, by=who.reviewer, reason="A leak.")
    return again(registration)


def closed(who, is_busy):
    registration = live(who, is_busy)
    client.close(registration.uuid, by=who.admin)
    return again(registration)


STATES = {
    "draft": draft,
    "under review": under_review,
    "sent back": lambda who, is_busy: decided_against(who, is_busy, review.request_changes),
    "rejected": lambda who, is_busy: decided_against(who, is_busy, review.reject),
    "withdrawn": withdrawn,
    "live": live,
    "live, draft": lambda who, is_busy: live_with_draft(who, is_busy, **UNREVIEWED),
    "live, under review": live_under_review,
    "suspended": lambda who, is_busy: suspended(who, live(who, is_busy)),
    "suspended, draft": lambda who, is_busy: suspended(who, live_with_draft(who, is_busy, **UNREVIEWED)),
    "suspended, under review": lambda who, is_busy: suspended(who, live_under_review(who, is_busy)),
    "closed": closed,
}
