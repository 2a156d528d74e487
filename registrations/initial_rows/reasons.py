"""The prepared reasons for sending back and rejecting that every installation starts with.

The migration loads them, and so do the tests after they have emptied the database. Leads edit them
afterwards, so existing rows are left alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Row(NamedTuple):
    """A reason as it is first loaded; for both decisions unless it says otherwise."""

    title: str
    wording: str
    for_request_changes: bool = True
    for_reject: bool = True


ROWS = {
    "redirect-uri-not-yours": Row(
        "Redirect URI is not the partner's own",
        "A redirect URI leads to a host that we cannot connect with your company. Authorization codes are "
        "sent there, so please use a host that you run yourself. If the host is yours, tell us where we "
        "can see that.",
    ),
    "terms-unreachable": Row(
        "Terms of service cannot be read",
        "We could not open your terms of service. Please check that the link works for everybody, without "
        "signing in, and submit again.",
        for_reject=False,
    ),
    "privacy-unreachable": Row(
        "Privacy policy cannot be read",
        "We could not open your privacy policy. Please check that the link works for everybody, without "
        "signing in, and submit again.",
        for_reject=False,
    ),
    "privacy-other-product": Row(
        "Privacy policy does not name the product",
        "Your privacy policy does not mention this product. Please link to a policy that names it, or add "
        "it to the one that you have, so that users know what it covers.",
        for_reject=False,
    ),
    "logo-uses-pleo-mark": Row(
        "Logo uses the Pleo mark",
        "Your logo shows Pleo's mark or looks much like it. Users could take your product for one of ours. "
        "Please upload a logo of your own.",
    ),
    "logo-unreadable": Row(
        "Logo cannot be made out",
        "Your logo cannot be made out on a light or on a dark backdrop. Please upload one that can be seen "
        "on both, for example with a margin and a background of its own.",
        for_reject=False,
    ),
    "name-misleading": Row(
        "Client name misleads",
        "Users could take the client name for another product or company. Please use the name under which "
        "your customers know the product.",
    ),
    "page-other-product": Row(
        "Client URI shows something else",
        "The page of your client URI does not show the product that you register. Please link to a page "
        "that says what it is and who offers it.",
        for_reject=False,
    ),
    "scopes-too-broad": Row(
        "More scopes than needed",
        "You ask for more access than we can see a need for. Please leave out the scopes that your product "
        "can do without, or tell us what it needs each of them for. You can ask for more later.",
    ),
    "pkce-reason-insufficient": Row(
        "Reason against PKCE is not enough",
        "The reason you give does not show why your client cannot use PKCE. Most libraries support it with "
        "one setting. Please switch it on, or tell us what stands in the way and what protects the flow "
        "instead.",
    ),
    "contact-private-mailbox": Row(
        "Contact is a private mailbox",
        "A contact is an address at a mail service that is open to anyone. Please name a person or a team "
        "with an address of your company, so that we reach you if something is urgent.",
        for_reject=False,
    ),
    "wrong-environment": Row(
        "Wrong environment",
        "This looks like a client for the other environment: staging is for trying out, production is for "
        "your users. Please choose the one that you mean and submit again.",
    ),
    "already-registered": Row(
        "Product is registered already",
        "This product has a client already. Please change that one instead of registering it again.",
        for_request_changes=False,
    ),
    "not-a-partner": Row(
        "No partnership that we know of",
        "We could not find out that your company works with Pleo as a partner. Please write to your contact "
        "at Pleo first. What you typed is kept, and you can submit it again then.",
        for_request_changes=False,
    ),
}


def load(apps: Any) -> None:
    """Add what is missing; ``apps`` is Django's app registry, current or as a migration sees it."""
    reason = apps.get_model("registrations", "DecisionReason")
    for code, row in ROWS.items():
        reason.objects.get_or_create(code=code, defaults=row._asdict())
