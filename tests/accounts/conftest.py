import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_attempts_yet(request):
    """allauth counts attempts in the cache, whose table no flush empties."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        cache.clear()
