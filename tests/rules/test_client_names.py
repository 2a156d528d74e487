"""The name that end users read: section 3 of the rules."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.rules import client_names
from registrations.rules.vocabulary import MAX_SKELETON_LENGTH

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "vectors/client_names.jsonl").read_text("utf-8").splitlines()
]


def first_rule(name, **known):
    findings = client_names.check(name, **known)
    return findings[0].rule if findings else "N-00"


def verdict(name, **known):
    findings = client_names.check(name, **known)
    return findings[0].severity.value if findings else "accept"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["note"])
def test_sample_vector_agrees(vector):
    known = {"taken": vector.get("taken", ())}
    assert (verdict(vector["name"], **known), first_rule(vector["name"], **known)) == (
        vector["verdict"],
        vector["rule"],
    )
    if "offer" in vector:
        assert client_names.suggestion(vector["name"]) == vector["offer"]
    if "offer none" in vector["note"]:
        assert client_names.suggestion(vector["name"]) is None


@given(st.text())
def test_nothing_raises(name):
    client_names.check(name, taken=[name, "Acme"])
    client_names.suggestion(name)


@given(st.text(alphabet="pPlLeEoO1I|!03€sS .-iIy\u0301\u0435\u200d\u041f(/:xX24"))
def test_nothing_raises_near_the_brand(name):
    for finding in client_names.check(name):
        if finding.rule == "N-05" and finding.suggestion:
            assert "N-05" not in [later.rule for later in client_names.check(finding.suggestion)]


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("Example Client for Pleo", "Example Client"),
        ("For Example Pleo", "Example"),
        ("Example Client for (Pleo)", "Example Client"),
        ("Example Client (for Pleo)", "Example Client"),
        ("Example Client (Pleo)", "Example Client"),
        ("Example Client [with Pl\u00e9o]", "Example Client"),
        ("Example Client \u2013 Pleo", "Example Client"),
        ("Example Client: Pleo", "Example Client"),
        ("Example Client x Pleo", "Example Client"),
        ("Example Client \u00d7 Pleo", "Example Client"),
        ("Example Client & Pleo", "Example Client"),
        ("Example Client + Pleo", "Example Client"),
        ("Example Client/Pleo", "Example Client"),
        ("Example Client by Pleo", "Example Client"),
        ("Example Client via Pleo", "Example Client"),
        ("Example Client | Pleo integration", "Example Client"),
        ("Example Client - Pleo Connector", "Example Client"),
        ("Acme Pleo Connector", "Acme Connector"),
        ("Pleo for Acme", "Acme"),
        ("Pleo: Acme", "Acme"),
        ('"Pleo" Ledger', "Ledger"),
        ("Acme-Pleo", "Acme"),
        ("Pleo & Pleo", None),
        ("for Pleo", None),
        ("P L E O Sync", None),
        ("Pleo", None),
        ("Pleo A", None),
        ("MyPleo", None),
        ("Pleo www.acme.example", None),
        ("Acme Beta (Pleo & Xero)", "Acme Beta (Xero)"),
        ("Acme (Pleo, Xero)", "Acme (Xero)"),
        ("Acme (works with Pleo)", "Acme"),
        ("Acme powered by Pleo", "Acme"),
        ("Xero \u2192 Pleo", "Xero"),
        ("Pleo \u2192 Xero", "Xero"),
        ("Acme Pleo)", "Acme"),
        ("Acme (Pleo", "Acme"),
        ("Pleo (Acme)", "Acme"),
        ("Pleo\u2019s Acme", "Acme"),
        ("Pleo's Acme", "Acme"),
        ("Receipts into Pleo", "Receipts"),
        ("Acme f\u00fcr Pleo", "Acme"),
        ("Acme f\u00f6r Pleo", "Acme"),
        ("Acme voor Pleo", "Acme"),
        ("Acme avec Pleo", "Acme"),
        ("https://pleo.io/acme", None),
        ('"Northwind Payroll for Pleo"', "Northwind Payroll"),
        ("**Northwind Payroll** for Pleo", "Northwind Payroll"),
        ('"Northwind" Payroll for Pleo', '"Northwind" Payroll'),
        ('Northwind "Payroll" for Pleo', 'Northwind "Payroll"'),
        ('Pleo "Northwind"', "Northwind"),
        ("Northwind **for Pleo**", "Northwind"),
        ("`client_name: Northwind for Pleo`", "Northwind"),
    ],
)
def test_suggestion_is_the_name_without_the_brand(name, better):
    assert client_names.suggestion(name) == better
    assert client_names.check(name)[0].suggestion == better


@pytest.mark.parametrize(
    "name",
    [
        "Pleo ApS",
        "Pleo A/S",
        "Pleo S.p.A.",
        "Pleo S.\u00e0 r.l.",
        "Pleo Sp. z o.o.",
        "Pleo Sp\u00f3\u0142ka z o.o.",
        "Pleo s. r. o.",
        "Pleo GmbH & Co. KG",
        "Pleo O\u00dc",
        "Pleo \u041e\u041e\u041e",
        "Pleo S.A. de C.V.",
        "The Pleo App",
        "Pleo API Client (Beta)",
        "Pleo App 2",
        "Pleo Plug-in",
        "Pleo 365",
        "L'app de Pleo",
        "Plugin f\u00fcr Pleo",
        "Unofficial Pleo Client",
        "Verified Pleo Connector Ltd",
        "Pleo Security Team",
        "Pleo: Trusted Partner",
    ],
)
def test_what_names_nobody_is_never_suggested(name):
    assert client_names.check(name)[0].message == "Leave Pleo out of the name."
    assert client_names.suggestion(name) is None


@pytest.mark.parametrize(
    ("name", "better"),
    [("Pleo Client Earth", "Client Earth"), ("Acme GmbH for Pleo", "Acme GmbH"), ("Pleo 3B", "3B")],
)
def test_a_name_beside_a_generic_word_is_suggested(name, better):
    assert client_names.suggestion(name) == better


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("<b>Acme Ledger</b>", "Acme Ledger"),
        ("<b>GmbH</b>", None),
        ("<i>Official</i> App", None),
        ("<P class='x'>Acme<br/>Ledger</p>", "Acme Ledger"),
        ("<Acme>", "Acme"),
        ("Acme > Ledger", "Acme Ledger"),
        ("<b>x</b>", None),
        ("<script>alert(1)</script>", None),
        ("<Pleo>", None),
        ("<i>ops@acme.example</i>", None),
        ("<>", None),
    ],
)
def test_markup_is_taken_out_where_a_name_is_left(name, better):
    (finding,) = client_names.check(name)
    assert (finding.rule in {"N-03", "N-01"}, finding.suggestion) == (True, better)


def test_refusal_names_both_spellings():
    message = client_names.check("Example Client for Pleo")[0].message
    assert (
        message
        == "Leave Pleo out of the name: instead of “Example Client for Pleo” simply use “Example Client”."
    )


def test_refusal_without_a_better_name_offers_none():
    assert client_names.check("Pleo")[0].message == "Leave Pleo out of the name."


def test_waived_brand_hides_no_later_rule():
    waived = {("N-05", "Pleo www.acme.example"), ("N-05", "Pleo Verified")}
    assert first_rule("Pleo www.acme.example", waived=waived) == "N-04"
    assert first_rule("Pleo Verified", waived=waived) == "N-07"


def test_waiver_holds_for_its_value_only():
    assert first_rule("Pleo Two", waived={("N-05", "Pleo One")}) == "N-05"


def test_waiver_holds_for_the_stored_spelling():
    assert first_rule(" Pleo  One", waived={("N-05", "Pleo One")}) == "N-00"


def test_a_name_of_plain_words_is_offered_and_a_bare_word_is_not():
    (finding,) = client_names.check("“Till Sync”")
    assert (finding.rule, finding.suggestion) == ("N-11", "Till Sync")
    assert client_names.check("“GmbH”") == client_names.check("“App”") == []


@pytest.mark.parametrize(
    "copied",
    [
        *('"Books & Co"', "“Books & Co”", "„Books & Co“", "«Books & Co»", "« Books & Co »", "‘Books & Co’"),
        *("'Books & Co'", "`Books & Co`", '""Books & Co""', '“Books & Co"', '"Books & Co', "Books & Co”"),
        *("「Books & Co」", "(Books & Co)", "[Books & Co]", "{Books & Co}", '"Books & Co",', "Books & Co;"),
        *("**Books & Co**", "__Books & Co__", "*Books & Co*", "~~Books & Co~~", "**“Books & Co”**"),
        *("# Books & Co", "- Books & Co", "• Books & Co", "**Books & Co"),
        *('"client_name": "Books & Co",', "client_name: Books & Co", 'clientName = "Books & Co"'),
        *("App name: Books & Co", "Books &amp; Co", "&quot;Books & Co&quot;", r"Books \u0026 Co"),
    ],
)
def test_what_a_copy_left_round_a_name_is_noted_and_the_name_offered(copied):
    (finding,) = client_names.check(copied)
    assert (finding.rule, finding.rejects, finding.suggestion) == ("N-11", False, "Books & Co")
    assert client_names.check(finding.suggestion) == []


def test_of_dozens_of_bullets_some_are_left_for_a_second_offer():
    (finding,) = client_names.check("- " * 30 + "Books")
    (again,) = client_names.check(finding.suggestion)
    assert (finding.rule, again.rule, again.suggestion) == ("N-11", "N-11", "Books")


@pytest.mark.parametrize(
    ("copied", "rule"),
    [("[Books](https://books.example)", "N-04"), (f"client_name: {'B' * 70}", "N-01"), ("> Books", "N-03")]
    + [("<b>Books for Pleo</b>", "N-03")],
)
def test_a_name_that_is_refused_for_what_stands_round_it_is_offered_without(copied, rule):
    (finding,) = client_names.check(copied)
    assert (finding.rule, client_names.check(finding.suggestion)) == (rule, [])


@pytest.mark.parametrize(
    "name", ['"Books" & "Sons"', 'Books "Pro"', 'Monitor 17"', "Yahoo!", "Books Inc.", "Rock 'n' Roll", "C#"]
)
def test_signs_that_belong_to_a_name_are_left_alone(name):
    assert client_names.check(name) == []


@given(st.text(alphabet="\"'`*_~[]()<>&;:# Books=\\u0026Pleo“”", max_size=40))
def test_whatever_is_offered_for_a_name_passes_with_nothing_left_round_it(name):
    for finding in client_names.check(name):
        if finding.suggestion:
            left = client_names.check(finding.suggestion)
            assert not [one for one in left if one.rejects or one.rule == "N-11"]


@pytest.mark.parametrize(
    ("written", "stored"),
    [("  Acme \u00a0 Ltd ", "Acme Ltd"), ("Cafe\u0301", "Caf\u00e9"), ("A\u3000B", "A B"), ("", "")],
)
def test_stored_name_is_composed_and_trimmed(written, stored):
    assert client_names.normalise(written) == stored


@pytest.mark.parametrize("odd", "\t\n\r\x0b\x0c\x1c\x1f\x85\u2028\u2029\x00\u200b")
def test_line_break_is_no_blank_and_does_not_vanish(odd):
    assert client_names.normalise(f"Acme{odd}Ltd") == f"Acme{odd}Ltd"
    assert first_rule(client_names.normalise(f"Acme Ltd{odd}")) == "N-02"


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("A" * 80, "N-00"),
        ("A" * 81, "N-01"),
        (" A ", "N-01"),
        ("\U0001f680\U0001f680", "N-01"),
        ("\u24b6\u24b7", "N-00"),
        ("Ac\tme", "N-02"),
        ("Acme\u2028", "N-02"),
        ("Acme\ue000", "N-02"),
        ("Acme\u0378", "N-02"),
        ("Acme\ud800", "N-02"),
        ("Ac\u200dme", "N-02"),
        ("\u200dAcme", "N-02"),
        ("\u24c5\u200d\u24c1 Acme", "N-02"),
        ("\U0001f15f\u200d\U0001f15b Acme", "N-02"),
        ("Ac\u3164me", "N-02"),
        ("Ac\u202eme", "N-02"),
        ("\u2764\ufe0f\u200d\U0001f525 Acme", "N-00"),
        ("\U0001f469\U0001f3fd\u200d\U0001f4bb Acme", "N-00"),
        ("\U0001f642\u200d\u2194\ufe0f Acme", "N-00"),
        ("Acme > all", "N-03"),
        ('R&D "Tools"', "N-00"),
        ("https://acme.example", "N-04"),
        ("javascript:alert(1)", "N-04"),
        ("mailto:ops@acme", "N-04"),
        ("acme.com/start", "N-04"),
        ("\uff57\uff57\uff57.acme.example", "N-04"),
        ("ops\uff20acme.example", "N-04"),
        ("Meet @Work", "N-00"),
        ("Awww.some", "N-00"),
        ("Acme Security Team", "N-07"),
        ("AcmeOfficial", "N-07"),
        ("0fficial Acme".replace("0", "\u043e"), "N-07"),
        ("CertIfied", "N-00"),
        ("Acme \u2714", "N-07"),
        ("Acme \U0001f512", "N-07"),
        ("Unofficial Acme", "N-00"),
        ("Support Desk", "N-00"),
        ("\u30a2\u30af\u30e1Acme\u682a", "N-00"),
        ("\u30a2\u0430", "N-08"),
        ("Acme\u0301\u0301", "N-08"),
        ("Xer\u0332\u043e", "N-08"),
        ("\u0633\u0645\u200c\u0723\u0722", "N-08"),
        ("\u0939\u093f\u0928\u094d\u0926\u0940App", "N-08"),
        ("\u0939\u093f\u0928\u094d\u0926\u0940 App", "N-00"),
        ("Vi\u1ec7t Nam", "N-00"),
        ("booking.com", "N-09"),
        ("Sample shop.example", "N-09"),
        ("Node.js", "N-00"),
        ("\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "N-09"),
        ("\u516c\u53f8.\u4e2d\u56fd", "N-09"),
        ("acme\u3002com", "N-09"),
        ("@acme.com", "N-09"),
        ("acme." + "\u044f" * 70, "N-00"),
        ("\u516c\u53f8.\u4e2d\u56fd/\u5f00\u59cb", "N-04"),
        ("www.", "N-04"),
        ("A.\ud800", "N-02"),
        ("client.example and acme.io", "N-09"),
        ("Acme Co.", "N-00"),
    ],
)
def test_other_rules_decide(name, rule):
    assert first_rule(name) == rule


WITH_JOINERS = [
    ("\u0646\u0631\u0645\u200c\u0627\u0641\u0632\u0627\u0631", "Persian, software"),
    ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "Persian, I want"),
    ("\u062e\u0627\u0646\u0647\u064e\u200c\u0647\u0627", "Persian, with a vowel mark before it"),
    ("\u0dc1\u0dca\u200d\u0dbb\u0dd3 \u0dbd\u0d82\u0d9a\u0dcf", "Sinhala, Sri Lanka"),
    ("\u0915\u094d\u200d\u0937 Books", "Hindi, joiner behind a virama"),
    ("\u0938\u0924\u094d\u200c\u0915\u093e\u0930", "Hindi, non-joiner behind a virama"),
    ("\u0d05\u0d35\u0d28\u0d4d\u200d", "Malayalam, at the end"),
]


@pytest.mark.parametrize("name", [pytest.param(name, id=note) for name, note in WITH_JOINERS])
def test_joiner_is_accepted_where_a_script_spells_with_it(name):
    assert first_rule(name) == "N-00"
    plain = name.replace("\u200c", "").replace("\u200d", "")
    assert client_names.skeleton(name) == client_names.skeleton(plain)
    assert "N-10" in [finding.rule for finding in client_names.check(name, taken=[plain])]


@pytest.mark.parametrize(
    "name",
    [
        "Acme\u200cBooks",
        "Acme\u200dBooks",
        "\u200c\u0646\u0631\u0645",
        "\u0646\u0631\u0645\u200c",
        "\u0646\u0631\u0645\u200c Acme",
        "\u0645\u200c\u200c\u062e\u0648\u0627",
        "\u0645\u200d\u062e\u0648\u0627",
        "\u0627\u200c\u062e\u0648\u0627",
        "\u0dc1\u0dca\u200d\u200d\u0dbb\u0dd3",
        "\u0dc1\u200d\u0dbb\u0dd3",
        "\u041f\u200c\u0440\u0438",
        "\u0378\u200cAcme",
        "\U00017000\u200d\U00017001",
    ],
)
def test_joiner_is_refused_where_it_changes_nothing(name):
    assert first_rule(name) == "N-02"


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("ACME  expenses", "Acme Expenses"),
        ("Acme-Expenses", "Acme Expenses"),
        ("\u0410\u0441m\u0435 Expenses", "Acme Expenses"),
        ("Acme Bi11", "Acme Bill"),
        ("Modem", "Modern"),
        ("\u00c4cme", "Acme"),
        ("S\u00f8ren", "Soren"),
        ("\u0141\u00f3d\u017a", "Lodz"),
        ("\u0110\u1ea1i", "Dai"),
        ("AcmePro", "Acme Pro"),
        ("\U0001f150cme", "Acme"),
        ("A\u03f2me", "Acme"),
        ("\U0001f1e6\U0001f1e8me", "Acme"),
        ("Acm3 Expenses", "Acme Expenses"),
        ("4cme", "Acme"),
        ("B00k5", "Books"),
        ("7ill 8ook", "Till Book"),
        ("Acme3", "Acme 3"),
        ("$ales", "Sales"),
        ("\u20acxpense\u20ac", "Expensee"),
        ("Acme B!ll", "Acme Bill"),
        ("Yahoo!", "Yahoo"),
    ],
)
def test_name_that_looks_like_anothers_is_noted(name, other):
    assert "N-10" in [finding.rule for finding in client_names.check(name, taken=["Zed", other])]


@pytest.mark.parametrize(
    ("name", "other"),
    [("Acme Ledger", "Acme Expenses"), ("Acme 2", "Acme"), ("Acme 3", "Acme"), ("Client 7", "Client 8")],
)
def test_other_words_are_another_name(name, other):
    assert client_names.check(name, taken=[other]) == []


def test_a_similar_name_is_not_called_the_same():
    (finding,) = client_names.check("Acm3 Expenses", taken=["Acme Expenses"])
    assert finding.message == "This name looks like that of another partner\u2019s client. We will check."


@given(
    st.text(max_size=100) | st.text(alphabet="\ufdfa\uac01\ud800\x00\u20ac \u200d\U0001f150", max_size=100)
)
def test_any_database_stores_any_skeleton(name):
    skeleton = client_names.skeleton(name)
    assert len(skeleton) <= MAX_SKELETON_LENGTH
    assert b"\x00" not in skeleton.encode("utf-8")
    if verdict(name) != "reject":
        assert skeleton


def test_all_warnings_are_told_at_once():
    rules = [finding.rule for finding in client_names.check("Verified Pleora acme.com", taken=[])]
    assert rules == ["N-06", "N-07", "N-09"]


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("Supp\u200blier Sync", "Supplier Sync"),
        ("Supplier\u00ad Sync", "Supplier Sync"),
        ("\ufeffSupplier Sync\u2060", "Supplier Sync"),
        ("Supplier\tSync\n", "Supplier Sync"),
        ("\u200b“Supplier Sync”", "Supplier Sync"),
        ("Till\u00ad Sync", "Till Sync"),
        (
            "\u0646\u0631\u0645\u200c\u0627\u0641\u0632\u0627\u0631\u200b",
            "\u0646\u0631\u0645\u200c\u0627\u0641\u0632\u0627\u0631",
        ),
        ("Acme for Ple\u200bo", "Acme"),
        ("Supplier\u202e Sync", None),
        ("Supplier\ue000 Sync", None),
        ("\u200b", None),
    ],
)
def test_a_name_is_offered_as_it_is_seen(name, better):
    (finding,) = client_names.check(name)
    assert (finding.rule, finding.suggestion) == ("N-02", better)
    assert ("Did you mean" if better else "Type it again") in finding.message
