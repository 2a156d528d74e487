import pytest
from django.http import HttpResponse
from django.urls import include, path

from portal.accounts.decorators import partner_required
from tests.support.people import colleague, home, partner, person, reviewer, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@partner_required
def inside(request):
    return HttpResponse(" ".join(f"{own.organisation} {own.role}" for own in request.memberships))


urlpatterns = [
    path("inside/", inside),
    path("", include("portal.accounts.urls")),
    path("", include("portal.organisations.urls")),
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
