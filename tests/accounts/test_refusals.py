import pytest
from django.http import Http404
from django.urls import path

from portal.refusals import Conflict, Gone, NotAllowed, NotFound
from tests.support.pages import words

pytestmark = pytest.mark.django_db


def refuse(refusal):
    def view(request):
        raise refusal

    return view


urlpatterns = [
    path("403/", refuse(NotAllowed("Only an admin can do this."))),
    path("409/", refuse(Conflict("Somebody was <faster>.", way_out=("/there/", "Go there")))),
    path("410/", refuse(Gone("It was shown already."))),
    path("hidden/", refuse(NotFound("It is somebody else's."))),
    path("missing/", refuse(Http404())),
    path("accounts/login/", refuse(Http404()), name="account_login"),
    path("accounts/signup/", refuse(Http404()), name="account_signup"),
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "Only an admin can do this."),
        (409, "Somebody was &lt;faster&gt;."),
        (410, "It was shown already."),
    ],
)
def test_a_refusal_is_a_page_with_its_status_and_reason(client, status, words):
    answer = client.get(f"/{status}/")
    assert answer.status_code == status
    assert words in answer.text


@pytest.mark.urls(__name__)
def test_a_refusal_shows_the_way_out(client):
    assert '<a class="btn btn-primary" href="/there/">Go there</a>' in client.get("/409/").text


@pytest.mark.urls(__name__)
def test_what_is_hidden_looks_like_what_is_missing(client):
    hidden, missing = client.get("/hidden/"), client.get("/missing/")
    assert hidden.status_code == missing.status_code == 404
    assert words(hidden) == words(missing)
    assert dict(hidden.items()).keys() == dict(missing.items()).keys()
