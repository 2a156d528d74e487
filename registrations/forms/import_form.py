"""The form to import a document with a client's metadata, pasted or uploaded."""

from __future__ import annotations

import codecs
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile

from registrations.domain.document_kinds import kind_of_bytes
from registrations.domain.document_reading import Reading, draft_from
from registrations.domain.json_documents import MAX_DOCUMENT_BYTES, UnreadableDocument
from registrations.domain.secret_members import REMOVED, blanked
from registrations.forms.controls import complaints, form_field, storable
from registrations.forms.registration_form import SummaryItem
from registrations.rules.findings import Finding, Severity
from registrations.rules.record_fields import FIELDS

_NOTHING: Final = "Paste a document or choose a file."
_BOTH: Final = "Paste a document or choose a file, not both."
_EMPTY: Final = "The file is empty."
_TOO_LARGE: Final = f"The file is larger than {MAX_DOCUMENT_BYTES // 1024} KiB."
_NOT_UTF8: Final = "The file is not UTF-8 text. Save it as UTF-8, and choose it again."
_ENCODINGS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""The encodings that a file announces by its first bytes; the marks of UTF-16 begin those of UTF-32."""
_LABELS: Final = {"document": "Document", "file": "File"}


class ImportForm(forms.Form):
    """``document`` is what was pasted, ``file`` what was uploaded; exactly one is read."""

    document = forms.CharField(required=False, strip=False, widget=forms.Textarea)
    file = forms.FileField(required=False, allow_empty_file=True)
    reading: Reading

    def clean(self) -> dict[str, Any]:
        pasted, file = self.cleaned_data.get("document", ""), self.cleaned_data.get("file")
        if self.errors:
            return self.cleaned_data
        if file is None and not pasted.strip():
            self.add_error("document", _NOTHING)
        elif pasted and file is not None:
            self.add_error("file", _BOTH)
        else:
            try:
                text = _text_of(file) if file is not None else pasted
                self.reading = draft_from(text)
            except UnreadableDocument as error:
                unusable = list(
                    error.complaints if file is not None else as_shown(self.kept, error).complaints
                )
            else:
                unusable = [
                    f"`{name}`: {complaint}"
                    for name, value in self.reading.data.items()
                    for complaint in complaints(form_field(FIELDS[name]), value)
                ]
            if unusable:
                self.add_error("document" if file is None else "file", unusable)
        return self.cleaned_data

    @property
    def kept(self) -> str:
        """The pasted document for the page to show again, without secrets and safe to encode as UTF-8."""
        pasted = self.data.get("document", "")
        return storable(blanked(pasted)) if isinstance(pasted, str) else ""

    @property
    def is_marked(self) -> bool:
        """Whether the page shows the pasted document with a mark in place of a secret."""
        return REMOVED in self.kept and REMOVED not in str(self.data.get("document"))

    @property
    def lost(self) -> bool:
        """Whether the pasted document is not shown again at all, because it might contain a secret."""
        return bool(self.data.get("document")) and not self.kept

    def findings(self, field: str) -> list[Finding]:
        """The errors of the field, as findings."""
        return [Finding("form", Severity.REJECT, field, str(text)) for text in self.errors.get(field, [])]

    @property
    def document_findings(self) -> list[Finding]:
        return self.findings("document")

    @property
    def file_findings(self) -> list[Finding]:
        return self.findings("file")

    def error_summary(self) -> list[SummaryItem]:
        found = [*self.document_findings, *self.file_findings]
        return [SummaryItem(one.field, _LABELS[one.field], one.message, None) for one in found]


def as_shown(kept: str, refusal: UnreadableDocument) -> UnreadableDocument:
    """The refusal of a pasted document, with places in the document that the page shows again.

    The mark in place of a secret moves what follows it. Where only the secret was broken, the first refusal
    stays.
    """
    try:
        draft_from(kept)
    except UnreadableDocument as error:
        return error if kept else refusal
    return refusal


def _text_of(file: UploadedFile[Any]) -> str:
    """Read the file as text: UTF-8, or what its byte order mark says. Raises UnreadableDocument."""
    content = file.read(MAX_DOCUMENT_BYTES + 1)
    if len(content) > MAX_DOCUMENT_BYTES:
        raise UnreadableDocument(_TOO_LARGE)
    if not content.strip():
        raise UnreadableDocument(_EMPTY)
    encoding = next((name for mark, name in _ENCODINGS if content.startswith(mark)), "utf-8")
    try:
        return str(content, encoding)
    except UnicodeDecodeError:
        kind = kind_of_bytes(content)
        raise UnreadableDocument(kind.says if kind else _NOT_UTF8) from None
