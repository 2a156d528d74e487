"""The database tables. Only the verbs in ``registrations.workflow`` change their state."""

from registrations.models.catalogue import Scope, SubjectType
from registrations.models.checklist import ChecklistTick
from registrations.models.comments import Comment, DeskNote, Thread
from registrations.models.logo import Logo
from registrations.models.marks import ReviewMarks
from registrations.models.mentions import Mention
from registrations.models.organisation_notes import OrganisationNote
from registrations.models.pkce import PkceException
from registrations.models.preflight import Preflight
from registrations.models.reasons import DecisionReason, GivenReason
from registrations.models.registration import Draft, Registration
from registrations.models.review import Override, ScopeConfirmation
from registrations.models.revision import RedirectUri, RequestedScope, Revision
from registrations.models.secret import ClientSecret
from registrations.models.strangers import StrangersTries
from registrations.models.submission_emails import DailyDigest, EmailChoice, SubmissionEmails
from registrations.models.suspension import Suspension

__all__ = [
    "ChecklistTick",
    "ClientSecret",
    "Comment",
    "DailyDigest",
    "DecisionReason",
    "DeskNote",
    "Draft",
    "EmailChoice",
    "GivenReason",
    "Logo",
    "Mention",
    "OrganisationNote",
    "Override",
    "PkceException",
    "Preflight",
    "RedirectUri",
    "Registration",
    "RequestedScope",
    "ReviewMarks",
    "Revision",
    "Scope",
    "ScopeConfirmation",
    "StrangersTries",
    "SubjectType",
    "SubmissionEmails",
    "Suspension",
    "Thread",
]
