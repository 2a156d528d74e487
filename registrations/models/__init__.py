"""The database tables. Only the verbs in ``registrations.workflow`` change their state."""

from registrations.models.api_token import ApiToken
from registrations.models.catalogue import Scope, SubjectType
from registrations.models.checklist import ChecklistTick
from registrations.models.comments import Comment, DeskNote, Thread
from registrations.models.contact_confirmation import ContactConfirmation
from registrations.models.logo import Logo
from registrations.models.marks import ReviewMarks
from registrations.models.mentions import Mention
from registrations.models.organisation_notes import OrganisationNote
from registrations.models.pkce import CorrectedDecision, PkceException
from registrations.models.preflight import Preflight
from registrations.models.reasons import DecisionReason, GivenReason
from registrations.models.registration import Draft, FeedState, Registration
from registrations.models.requested import RedirectUri, RequestedScope
from registrations.models.review import Override, ScopeConfirmation
from registrations.models.review_draft import ReviewDraft
from registrations.models.revision import Revision
from registrations.models.secret import ClientSecret
from registrations.models.served import Inventory, LateChange, ServedClient
from registrations.models.snooze import Snooze
from registrations.models.strangers import StrangersTries
from registrations.models.submission_emails import DailyDigest, EmailChoice, SubmissionEmails
from registrations.models.suspension import Suspension
from registrations.models.usage import LastUse, UsageReports
from registrations.models.wrong_secrets import WrongSecrets

__all__ = [
    "ApiToken",
    "ChecklistTick",
    "ClientSecret",
    "Comment",
    "ContactConfirmation",
    "CorrectedDecision",
    "DailyDigest",
    "DecisionReason",
    "DeskNote",
    "Draft",
    "EmailChoice",
    "FeedState",
    "GivenReason",
    "Inventory",
    "LastUse",
    "LateChange",
    "Logo",
    "Mention",
    "OrganisationNote",
    "Override",
    "PkceException",
    "Preflight",
    "RedirectUri",
    "Registration",
    "RequestedScope",
    "ReviewDraft",
    "ReviewMarks",
    "Revision",
    "Scope",
    "ScopeConfirmation",
    "ServedClient",
    "Snooze",
    "StrangersTries",
    "SubjectType",
    "SubmissionEmails",
    "Suspension",
    "Thread",
    "UsageReports",
    "WrongSecrets",
]
