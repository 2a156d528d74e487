"""Lists that rules read; each says its date, its source and how to refresh it."""


def words(text: str) -> frozenset[str]:
    """The blank-separated entries of a list as it is written in these modules."""
    return frozenset(text.split())
