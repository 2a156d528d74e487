"""The key that seals what tests keep, in this process and in those that it starts.

It is the same for all, because a database that was migrated with another key is not ready.
"""

FERNET_KEY = "dGVzdC1vbmx5LWtleS1mb3ItdGhlLXNlYWxpbmctISE="
