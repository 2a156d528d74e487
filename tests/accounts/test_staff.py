import pytest

from portal.accounts.models import Organisation, User
from portal.audit.models import Event
from tests.support.people import PASSWORD, lead, partner, person, reviewer, sign_in

pytestmark = pytest.mark.django_db


def test_staff_come_in_on_the_same_page(client):
    assert client.get("/admin/login/")["Location"].startswith("/accounts/login/?next=")
    email = person("staff@portal.example", is_staff=True).email
    answer = client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert answer["Location"] == "/admin/"


def test_the_login_of_the_admin_takes_no_password(client):
    lead()
    client.post("/admin/login/", {"username": "lead@portal.example", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_a_partner_does_not_get_into_the_admin(client):
    sign_in(client, partner())
    assert client.get("/admin/login/").status_code == 403
    assert client.get("/admin/")["Location"].startswith("/admin/login/")


def user_form(**changed):
    return {"email": "next@portal.example", "full_name": "Next", "is_active": "on", **changed}


def test_a_lead_adds_staff_who_set_their_own_password(client):
    sign_in(client, lead())
    client.post("/admin/accounts/user/add/", user_form(is_staff="on", email="Next@Portal.example"))
    added = User.objects.get(email="next@portal.example")
    assert added.is_staff
    assert not added.has_usable_password()
    assert Event.objects.get(verb="user_added").detail["is_staff"] is True


def test_a_lead_takes_a_right_away_and_it_is_recorded(client):
    someone = person("staff@portal.example", is_staff=True)
    sign_in(client, lead())
    client.post(f"/admin/accounts/user/{someone.pk}/change/", user_form(email="stolen@other.example"))
    someone.refresh_from_db()
    assert (someone.is_staff, someone.email) == (False, "staff@portal.example")
    event = Event.objects.get(verb="user_changed")
    assert (event.stream, event.detail["is_staff"]) == (someone.pseudonym, False)


@pytest.mark.parametrize(
    "path", ["accounts/user/", "accounts/user/add/", "auth/group/", "accounts/organisation/add/"]
)
def test_a_reviewer_edits_no_people(client, path):
    sign_in(client, reviewer())
    assert client.get(f"/admin/{path}").status_code == 403
    assert client.post(f"/admin/{path}", user_form()).status_code == 403


def test_nobody_sets_a_password_for_somebody_else(client):
    target = partner()
    sign_in(client, lead())
    form = {"password1": "taken-over-1234", "password2": "taken-over-1234"}
    client.post(f"/admin/accounts/user/{target.pk}/password/", form)
    client.post(f"/admin/accounts/user/{target.pk}/change/", user_form(password="taken-over-1234"))
    target.refresh_from_db()
    assert target.check_password(PASSWORD)


@pytest.mark.parametrize("name", ["Ann\u202e Smith", "Ann\u200bSmith", "Ann\x07", "Ann\u2028Smith"])
def test_the_name_of_a_person_can_be_seen(client, name):
    sign_in(client, lead())
    page = client.post("/admin/accounts/user/add/", user_form(full_name=name))
    assert (page.status_code, "an invisible character" in page.text) == (200, True)
    assert not User.objects.filter(email="next@portal.example").exists()


@pytest.mark.parametrize(
    "name", ["", "\u0646\u0631\u0645\u200c\u0627\u0641", "\u00c5se O'Neill-L\u00f3pez", "Ann <3"]
)
def test_real_names_of_people_are_accepted(client, name):
    sign_in(client, lead())
    client.post("/admin/accounts/user/add/", user_form(full_name=name))
    assert User.objects.get(email="next@portal.example").full_name == name


NEW_ORGANISATION = "/admin/accounts/organisation/add/"


def test_a_lead_adds_an_organisation_with_the_brand_and_a_reason(client):
    sign_in(client, lead())
    assert client.get(NEW_ORGANISATION).status_code == 200
    given = {"name": "Pleora Pleo ApS", "brand_accepted_because": "It is in the trade register."}
    assert client.post(NEW_ORGANISATION, given | {"brand_accepted_because": ""}).status_code == 200
    assert not Organisation.objects.exists()
    assert client.post(NEW_ORGANISATION, given).status_code == 302
    organisation = Organisation.objects.get()
    assert organisation.brand_accepted_because == given["brand_accepted_because"]
    event = Event.objects.get(verb="organisation_added")
    assert (event.stream, event.detail) == (organisation.uuid, {"accepted": ["N-05"]})
    assert event.moved == [f"organisation:{organisation.uuid}"]


def test_a_lead_renames_an_organisation(client):
    organisation = partner().organisations.get()
    sign_in(client, lead())
    path = f"/admin/accounts/organisation/{organisation.pk}/change/"
    assert client.post(path, {"name": " Acme  ApS"}).status_code == 302
    organisation.refresh_from_db()
    assert organisation.name == "Acme ApS"
    assert Event.objects.get(verb="organisation_changed").detail == {"accepted": []}


@pytest.mark.parametrize(
    ("name", "reason", "complaint"),
    [
        ("Acme <b>", "It is in the trade register.", "Remove &lt; and &gt;."),
        ("Acme\u202e", "It is in the trade register.", "an invisible character"),
        ("Pleo", "\u200b", "Leave Pleo out of the name."),
        ("Acme", "It is in the trade register.", "The rules accept this name. Remove the reason."),
        ("Pleo", "Looks \u202efine.", "U+202E"),
    ],
)
def test_a_reason_accepts_the_brand_and_nothing_else(client, name, reason, complaint):
    sign_in(client, lead())
    page = client.post(NEW_ORGANISATION, {"name": name, "brand_accepted_because": reason})
    assert (page.status_code, complaint in page.text) == (200, True)
    assert not Organisation.objects.exists()


def test_a_lead_sees_which_organisations_look_alike(client):
    first = partner().organisations.get()
    second = partner("second@other.example", "CLIENT ApS").organisations.get()
    sign_in(client, lead())
    page = client.get(f"/admin/accounts/organisation/{second.pk}/change/").text
    assert f'<a href="/admin/accounts/organisation/{first.pk}/change/"><bdi>Client Ltd</bdi></a>' in page
    first.delete()
    assert "No other organisation" in client.get(f"/admin/accounts/organisation/{second.pk}/change/").text


def test_confirmed_addresses_are_not_for_the_admin(client):
    sign_in(client, lead())
    assert client.get("/admin/account/emailaddress/").status_code == 404


@pytest.mark.parametrize(
    ("kind", "filters"),
    [
        ("accounts/user", {"password__startswith": "md5"}),
        ("accounts/user", {"pseudonym__startswith": "a"}),
        ("accounts/user", {"is_active__in": "1"}),
        ("auth/group", {"user__password__startswith": "md5"}),
        ("accounts/organisation", {"members__password__startswith": "md5"}),
        ("accounts/membership", {"user__password__startswith": "md5"}),
    ],
)
def test_a_list_cannot_be_asked_about_a_column_that_nobody_shows(client, kind, filters):
    sign_in(client, lead())
    assert client.get(f"/admin/{kind}/", filters).status_code == 400


def test_the_filters_beside_a_list_narrow_it(client):
    partner()
    sign_in(client, lead())
    staff = client.get("/admin/accounts/user/", {"is_staff__exact": "1"})
    assert staff.context["cl"].result_count == 1
    assert client.get("/admin/accounts/membership/", {"role__exact": "admin"}).status_code == 200
