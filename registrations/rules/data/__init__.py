"""The data lists of the rules; each module gives its date, its source and how to refresh it."""


def words(text: str) -> frozenset[str]:
    """The entries of a blank-separated list."""
    return frozenset(text.split())
