"""What a reviewer's browser sends to the comments on the review page."""

from tests.desk.pages import review_path


def write(client, registration, act, *, seen_version=1, **said):
    return client.post(review_path(registration), {"talk": act, "seen_version": seen_version, **said})


def comment(client, registration, text, field="client_name", **other):
    return write(client, registration, "comment", field=field, to_partner=text, **other)


def note(client, registration, text, field="client_name", **other):
    return write(client, registration, "note", field=field, desk_note=text, **other)
