"""The key that seals what tests keep, in this process and in those that it starts.

It is one for the whole run, because a database that was migrated with another key is not ready; and made for
the run, because the portal refuses to start with a key that stands in this repository.
"""

import os

from cryptography.fernet import Fernet

FERNET_KEY = os.environ.setdefault("PORTAL_FERNET_KEYS", Fernet.generate_key().decode())
