import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.accounts.actions import create_organisation
from portal.accounts.models import Membership, Organisation, Role, fill_name_skeletons
from portal.audit.models import Event
from portal.refusals import Conflict, NotAllowed, NotFound
from tests.support.just_signed_in import remove_member
from tests.support.pages import words
from tests.support.people import colleague, home, lead, member, partner, person, sign_in, stranger, viewer

pytestmark = pytest.mark.django_db


def removal(user):
    return f"/organisation/members/{user.memberships.get().pk}/remove/"


def found(client, name, full_name="Frida Founder", **options):
    return client.post("/organisation/new/", {"full_name": full_name, "name": name}, **options)


@pytest.fixture
def admin():
    return partner()


@pytest.fixture
def developer(admin):
    return colleague(home(admin))


def test_an_admin_removes_a_member_after_a_question(client, admin, developer):
    sign_in(client, admin)
    assert developer.email in client.get(removal(developer)).text
    assert developer.memberships.exists()
    assert client.post(removal(developer))["Location"] == "/organisation/"
    assert not developer.memberships.exists()


def test_a_removed_member_is_refused_at_the_next_request(client, admin, developer):
    sign_in(client, developer)
    assert client.get("/organisation/").status_code == 200
    remove_member(developer.memberships.get().pk, by=admin)
    assert client.get("/organisation/")["Location"] == "/organisation/new/"


def test_a_removal_leaves_one_event_without_names(admin, developer):
    remove_member(developer.memberships.get().pk, by=admin)
    event = Event.objects.get(verb="member_removed")
    assert (event.actor, event.stream) == (str(admin.pseudonym), home(admin).uuid)
    assert event.moved == [f"member:{developer.pseudonym}"]
    assert developer.email not in str(event.detail)


def test_the_last_admin_stays(client, admin, developer):
    sign_in(client, admin)
    assert client.post(removal(admin)).status_code == 409
    with pytest.raises(Conflict):
        remove_member(admin.memberships.get().pk, by=admin)
    assert admin.memberships.exists()


def test_one_of_two_admins_may_leave(client, admin):
    member(home(admin), "second@client.example", Role.ADMIN)
    sign_in(client, admin)
    assert client.post(removal(admin)).status_code == 302
    assert not admin.memberships.exists()


@pytest.mark.parametrize("make", [colleague, viewer])
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_an_admin_removes(client, admin, make, method):
    other = make(home(admin), "other@client.example")
    sign_in(client, other)
    assert getattr(client, method)(removal(admin)).status_code == 403
    assert admin.memberships.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_finds_what_is_found_where_nothing_is(client, admin, developer, method):
    sign_in(client, stranger())
    foreign = getattr(client, method)(removal(developer))
    missing = getattr(client, method)("/organisation/members/999999999999999999999/remove/")
    assert (foreign.status_code, words(foreign)) == (404, words(missing))
    assert developer.memberships.exists()


def test_a_refusal_of_the_verb_says_which(admin, developer):
    with pytest.raises(NotFound):
        remove_member(developer.memberships.get().pk, by=stranger())
    with pytest.raises(NotAllowed):
        remove_member(admin.memberships.get().pk, by=developer)


def test_a_member_sees_the_own_organisation_and_no_other(client, admin, developer):
    stranger()
    sign_in(client, developer)
    page = client.get("/organisation/").text
    assert admin.email in page
    assert "stranger@other.example" not in page
    assert "/remove/" not in page


def test_the_page_asks_the_database_as_often_for_many_members(client, admin):
    sign_in(client, admin)
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as statements:
            client.get("/organisation/")
        counts.append(len(statements))
        for extra in range(5):
            colleague(home(admin), f"c{number}{extra}@client.example")
    assert counts[0] == counts[1]


@pytest.mark.parametrize("path", ["/organisation/", "/organisation/new/", "/accounts/email/"])
def test_a_visitor_is_sent_to_sign_in(client, path):
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


def test_a_visitor_removes_nobody(client, admin):
    assert client.post(removal(admin)).status_code == 302
    assert admin.memberships.exists()


def test_naming_an_organisation_makes_its_first_admin_and_one_event(client):
    founder = person("founder@client.example")
    organisation = create_organisation("Founders Ltd", by=founder)
    assert organisation.memberships.get().role == Role.ADMIN
    assert Event.objects.get(verb="organisation_created").stream == organisation.uuid


def test_a_form_sent_twice_makes_one_organisation(client, admin):
    with pytest.raises(Conflict):
        create_organisation("Second Ltd", by=admin)
    sign_in(client, admin)
    assert found(client, "Second Ltd")["Location"] == "/organisation/"
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "with \x00 nul", "turned \u202e round"])
def test_a_name_has_to_be_readable(client, name):
    sign_in(client, person("founder@client.example"))
    assert found(client, name).status_code == 200
    assert not Membership.objects.exists()


def test_a_hostile_name_is_shown_as_text(client):
    sign_in(client, partner(name="<script>alert(1)</script>"))
    assert "&lt;script&gt;alert(1)" in client.get("/organisation/").text


NAMES = [
    ("Pleo GmbH", "Leave Pleo out of the name."),
    ("Pleo Security Team", "Leave Pleo out of the name."),
    ("PL\u0415O Danmark ApS", "simply use \u201cDanmark ApS\u201d"),
    ("Acme <b>Ltd</b>", "Remove &lt; and &gt;."),
    ("Acme\u200bLtd", "an invisible character (U+200B)"),
    ("Acme\tLtd", "an invisible character (U+0009)"),
    ("Acme\u2066 Ltd", "an invisible character (U+2066)"),
    ("Acme\u3164Ltd", "an invisible character (U+3164)"),
    ("A", "Enter a name of 2 to 80 characters."),
    ("x" * 81, "Enter a name of 2 to 80 characters."),
    ("--", "Enter a name of 2 to 80 characters."),
]


@pytest.mark.parametrize(("name", "words_of_it"), NAMES)
def test_a_name_that_a_rule_rejects_makes_no_organisation(client, name, words_of_it):
    founder = person("founder@client.example")
    sign_in(client, founder)
    page = found(client, name)
    assert (page.status_code, words_of_it in page.text) == (200, True)
    assert page.context["form"]["name"].value() == name
    with pytest.raises(Conflict):
        create_organisation(name, by=founder)
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    "name", ["Apleona GmbH", "\u0646\u0631\u0645\u200c\u0627\u0641\u0632\u0627\u0631", "R&D Oy", "x" * 80]
)
def test_the_name_of_a_real_firm_is_accepted(client, name):
    sign_in(client, person("founder@client.example"))
    assert found(client, f" {name}  ").status_code == 302
    assert Organisation.objects.get().name == name


ALIKE = [
    "Client Ltd",
    "Client ApS",
    "CLIENT A/S",
    "Cli\u00e9nt Sp. z o.o.",
    "UAB C1ient",
    "C\u0142ient GmbH & Co. KG",
]


@pytest.mark.parametrize("name", ALIKE)
def test_a_name_that_looks_alike_is_found_whatever_the_legal_form(admin, name):
    assert list(stranger_named(name).looking_alike()) == [home(admin)]


@pytest.mark.parametrize("name", ["Clients Ltd", "Client Services Ltd", "Ltd", "Other Inc"])
def test_another_name_looks_like_nobodys(admin, name):
    assert not stranger_named(name).looking_alike().exists()


def test_one_that_the_previous_release_created_is_found_once_the_worker_came_by(admin):
    alike = stranger_named("Client ApS")
    Organisation.objects.filter(pk=home(admin).pk).update(name_skeleton="")
    assert not alike.looking_alike().exists()
    assert [fill_name_skeletons(), fill_name_skeletons()] == [1, 0]
    assert alike.looking_alike().get() == home(admin)


def test_a_renamed_organisation_is_compared_by_its_new_name(admin):
    other = stranger_named("Zed")
    other.name = "Client Inc"
    other.save()
    assert list(home(admin).looking_alike()) == [other]


def stranger_named(name):
    return home(partner("stranger@other.example", name))


@pytest.mark.parametrize("name", ["Client ApS", "Zed ApS"])
def test_no_founder_learns_which_organisations_exist(client, admin, name):
    sign_in(client, person("founder@elsewhere.example"))
    page = client.get("/organisation/new/").text
    assert "asks you if it looks like the name of another organisation" in page
    made = found(client, name, follow=True)
    assert made.redirect_chain == [("/registrations/", 302)]
    assert [str(one) for one in made.context["messages"]] == [f"{name} is set up. You are its admin."]
    assert "Client Ltd" not in made.text


@pytest.mark.parametrize(
    ("address", "is_told"),
    [
        ("founder@client.example", True),
        ("Founder@CLIENT.example", True),
        ("founder@elsewhere.example", False),
        ("founder@sub.client.example", False),
        ("founder@notclient.example", False),
        ("founder@gmail.com", False),
    ],
)
def test_a_founder_is_told_of_colleagues_at_their_own_domain_only(client, admin, address, is_told):
    member(home(admin), "somebody@gmail.com")
    sign_in(client, person(address))
    page = client.get("/organisation/new/").text
    assert ("data-colleagues" in page) is is_told
    assert "Client Ltd" not in page


def test_only_confirmed_addresses_tell_of_colleagues(client, admin):
    founder = person("founder@client.example")
    admin.emailaddress_set.update(verified=False)
    assert founder.domain_in_use() == ""
    admin.emailaddress_set.update(verified=True)
    assert founder.domain_in_use() == "client.example"
    founder.emailaddress_set.update(verified=False)
    assert founder.domain_in_use() == ""


def test_somebody_without_an_organisation_is_no_colleague(admin):
    remove_member(member(home(admin), "second@client.example", Role.ADMIN).memberships.get().pk, by=admin)
    assert person("founder@client.example").domain_in_use() == "client.example"
    admin.memberships.all().delete()
    assert person("third@client.example").domain_in_use() == ""


def test_staff_are_not_asked_for_an_organisation(client):
    sign_in(client, lead())
    assert client.get("/organisation/").status_code == 200
    assert client.get("/organisation/new/")["Location"] == "/admin/"
    with pytest.raises(NotAllowed):
        create_organisation("Pleo", by=lead("second@portal.example"))


def test_a_founder_gives_their_own_name_with_that_of_the_organisation(client):
    founder = person("founder@client.example")
    sign_in(client, founder)
    assert found(client, "Client Ltd", " Frida   Founder ").status_code == 302
    founder.refresh_from_db()
    assert founder.full_name == "Frida Founder"
    assert Event.objects.get(verb="person_named").stream == founder.pseudonym


def test_a_founder_whose_name_is_known_is_not_asked_again(client):
    sign_in(client, person("founder@client.example", full_name="Frida Founder"))
    assert 'name="full_name"' not in client.get("/organisation/new/").text
    assert client.post("/organisation/new/", {"name": "Client Ltd"}).status_code == 302


@pytest.mark.parametrize("name", ["", "  ", "Fri\u202eda", "x" * 151])
def test_a_founder_needs_a_name_that_can_be_read(client, name):
    sign_in(client, person("founder@client.example"))
    page = found(client, "Client Ltd", name)
    assert "Your name" in page.text.partition("There is a problem")[2].partition("</ul>")[0]
    assert page.context["form"]["name"].value() == "Client Ltd"
    assert not Organisation.objects.exists()
