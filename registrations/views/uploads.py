"""The logo file posted with the form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from portal.accounts.decorators import PartnerRequest
from portal.limits import LOGO, spend
from registrations.forms.registration_form import RegistrationForm
from registrations.logos import storage
from registrations.models import Logo
from registrations.rules.findings import Finding, Severity, rejections
from registrations.rules.logos import MAX_BYTES, TOO_MANY_BYTES, AcceptedLogo

_NOT_STORED = Finding(
    "form",
    Severity.REJECT,
    "logo",
    "We could not store the logo because of a problem on our side. Choose it again in a few minutes.",
)
log = structlog.stdlib.get_logger("registrations.uploads")


@dataclass(frozen=True)
class Upload:
    """The draft's logo after this POST, and the findings if the file was refused."""

    logo: Logo | None
    findings: Sequence[Finding] = ()

    @classmethod
    def of(cls, request: PartnerRequest, form: RegistrationForm) -> Upload:
        """Store the posted logo; keep the form's if the file is refused or cannot be stored.

        Raises TooManyRequests.
        """
        file = form.cleaned_data["logo"]
        if not file:
            return cls(None if form.cleaned_data["remove_logo"] else form.logo)
        spend(LOGO, str(request.user.pk))
        try:
            answer = storage.accept(file)
            if isinstance(answer, AcceptedLogo):
                return cls(storage.keep(answer))
        except OSError as error:  # the disk is full, read-only or missing, or no process can be started
            log.error("logo_not_stored", error=type(error).__name__, errno=error.errno)
            answer = [_NOT_STORED]
        return cls(form.logo, answer)

    @property
    def is_refused(self) -> bool:
        return bool(rejections(self.findings))


def too_large(form: RegistrationForm) -> list[Finding]:
    """The finding about a posted logo that is too large, for a form that cannot be saved yet."""
    file = form.files.get("logo")
    return [TOO_MANY_BYTES] if file and (file.size or 0) > MAX_BYTES else []
