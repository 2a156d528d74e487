"""The emails about registrations: who receives each, and what it says.

Each is queued with ids only and composed from the database when it is sent. No email contains a secret: the
one about an approval links to the page that reveals it.
"""

from portal.outbox.emails import Email
from registrations.emails import client, contacts, desk, pkce, review, secrets
from registrations.emails.base import names_of, partners_of_client, with_contacts
from registrations.emails.client import stopping_preview
from registrations.emails.review import partners_of, preview
from registrations.emails.secrets import reveal_until

_SUBJECTS = (review, secrets, client, pkce, contacts, desk)
EMAILS: dict[str, Email] = {email.name: email for subject in _SUBJECTS for email in subject.EMAILS}
"""The emails by name, for the worker; messages that wait in the outbox are stored with these names."""

__all__ = [
    "EMAILS",
    "names_of",
    "partners_of",
    "partners_of_client",
    "preview",
    "reveal_until",
    "stopping_preview",
    "with_contacts",
]
