import pytest
from django.core.cache import cache

from tests.support.sign_in_providers import sign_in_provider


@pytest.fixture(autouse=True)
def _no_attempts_yet(request):
    """allauth counts attempts in the cache, whose table no flush empties."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        cache.clear()


@pytest.fixture
def provider(settings):
    """The provider, named in the settings as Acme; the group *pkce* makes PKCE approvers."""
    with sign_in_provider() as provider:
        settings.PORTAL_OIDC = provider.settings()
        yield provider
