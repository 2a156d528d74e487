"""The pages of a client that end users open: rules U-02 to U-14."""

from registrations.rules.web_uris.checks import check

__all__ = ["check"]
