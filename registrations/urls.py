"""URLs of the partner's pages."""

from django.urls import path, re_path

from registrations.views import (
    client_list,
    closing,
    contacts,
    credentials,
    drafting,
    exchange,
    live_check,
    message,
    promoting,
    public,
    records,
    restricting,
    revoking,
    rotating,
    submissions,
)

app_name = "registrations"
urlpatterns = [
    path("registrations/", client_list.listing, name="list"),
    path("registrations/new/", drafting.new, name="new"),
    path("registrations/check/", live_check.live_check, name="live_check"),
    path("registrations/import/", exchange.import_document, name="import"),
    path("registrations/<any_uuid:uuid>/", records.detail, name="detail"),
    path("registrations/<any_uuid:uuid>/edit/", drafting.edit, name="edit"),
    path("registrations/<any_uuid:uuid>/check/", submissions.check, name="check"),
    path("registrations/<any_uuid:uuid>/metadata.json", exchange.metadata, name="metadata"),
    path("registrations/<any_uuid:uuid>/submit/", submissions.submit, name="submit"),
    path("registrations/<any_uuid:uuid>/submitted/", submissions.submitted, name="submitted"),
    path("registrations/<any_uuid:uuid>/message/", message.message, name="message"),
    path("registrations/<any_uuid:uuid>/withdraw/", submissions.withdraw, name="withdraw"),
    path("registrations/<any_uuid:uuid>/discard/", submissions.discard, name="discard"),
    path("registrations/<any_uuid:uuid>/discard/confirm/", closing.discarding, name="discarding"),
    path("registrations/<any_uuid:uuid>/close/", closing.close, name="close"),
    path("registrations/<any_uuid:uuid>/promote/", promoting.promote, name="promote"),
    path("registrations/<any_uuid:uuid>/restrict/", restricting.restrict, name="restrict"),
    path("registrations/<any_uuid:uuid>/credentials/", credentials.credentials, name="credentials"),
    path("registrations/<any_uuid:uuid>/secrets/rotate/", rotating.rotate, name="rotate"),
    path(
        "registrations/<any_uuid:uuid>/contacts/<any_uuid:contact_uuid>/send-again/",
        contacts.send_again,
        name="send_again",
    ),
    path(
        "registrations/<any_uuid:uuid>/secrets/<any_uuid:secret_uuid>/reveal/",
        credentials.reveal,
        name="reveal",
    ),
    path(
        "registrations/<any_uuid:uuid>/secrets/<any_uuid:secret_uuid>/revoke/",
        revoking.revoke,
        name="revoke",
    ),
    path(
        "registrations/<any_uuid:uuid>/secrets/<any_uuid:secret_uuid>/leaked/",
        revoking.replace_leaked,
        name="leaked",
    ),
    re_path(r"^contacts/(?P<token>[-:\w]+)/$", contacts.contact, name="contact"),
    path(
        "organisation/<any_uuid:organisation_uuid>/close/",
        closing.close_organisation,
        name="close_organisation",
    ),
    path("rules/", public.rules, name="rules"),
    re_path(r"^logos/(?P<digest>[0-9a-f]{64})\.png$", public.logo, name="logo"),
]
