import pytest
from django.http import HttpResponse
from django.urls import include, path

from portal.accounts.doors import partner_required, signed_in_recently
from tests.support.people import colleague, home, partner, person, reviewer, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@partner_required
def inside(request):
    return HttpResponse(" ".join(f"{own.organisation} {own.role}" for own in request.memberships))


def recent(request):
    return HttpResponse("recent" if signed_in_recently(request) else "long ago")


urlpatterns = [
    path("inside/", inside),
    path("recent/", recent),
    path("accounts/", include("portal.accounts.urls")),
    path("organisation/", include("portal.accounts.organisation_urls")),
]


def test_a_visitor_is_sent_to_sign_in_and_comes_back(client):
    assert client.get("/inside/?page=2")["Location"] == "/accounts/login/?next=/inside/%3Fpage%3D2"


def test_a_person_without_an_organisation_names_one_first(client):
    sign_in(client, person("founder@client.example"))
    assert client.get("/inside/")["Location"] == "/organisation/new/"


def test_staff_pass_without_an_organisation(client):
    assert sign_in(client, reviewer()).get("/inside/").status_code == 200


def test_the_role_is_the_one_of_this_moment(client):
    user = colleague(home(partner()))
    sign_in(client, user)
    assert client.get("/inside/").text == "Client Ltd developer"
    user.memberships.update(role="viewer")
    assert client.get("/inside/").text == "Client Ltd viewer"


@pytest.mark.parametrize(("minutes", "said"), [(0, "recent"), (14, "recent"), (15, "long ago")])
def test_a_sign_in_is_recent_for_fifteen_minutes(client, minutes, said):
    sign_in(client, partner(), minutes_ago=minutes)
    assert client.get("/recent/").text == said


def test_the_form_counts_as_a_recent_sign_in(client):
    user = partner()
    client.post("/accounts/login/", {"login": user.email, "password": "violet-harbour-62"})
    assert client.get("/recent/").text == "recent"


def test_typing_the_password_again_counts_too(client):
    sign_in(client, partner(), minutes_ago=60)
    client.post("/accounts/reauthenticate/", {"password": "violet-harbour-62"})
    assert client.get("/recent/").text == "recent"


def test_somebody_elses_proof_counts_for_nobody(client):
    sign_in(client, partner())
    session = client.session
    session["account_authentication_methods_user"] = "0"
    session.save()
    assert client.get("/recent/").text == "long ago"


def test_a_visitor_has_not_signed_in_recently(client):
    assert client.get("/recent/").text == "long ago"
