"""The logo that came along with the form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.accounts.doors import PartnerRequest
from portal.limits import LOGO, spend
from registrations import logo_files
from registrations.forms.registration_form import RegistrationForm
from registrations.models import Logo
from registrations.rules.findings import Finding, rejections
from registrations.rules.logos import AcceptedLogo


@dataclass(frozen=True)
class Upload:
    """The logo that the draft has after this post, and why the file was refused if it was."""

    logo: Logo | None
    findings: Sequence[Finding] = ()

    @classmethod
    def of(cls, request: PartnerRequest, form: RegistrationForm, *, present: Logo | None) -> Upload:
        """A refused file leaves the present logo. Raises TooManyRequests."""
        file = form.cleaned_data["logo"]
        if not file:
            return cls(None if form.cleaned_data["remove_logo"] else present)
        spend(LOGO, str(request.user.pk))
        answer = logo_files.accept(file)
        if isinstance(answer, AcceptedLogo):
            return cls(logo_files.keep(answer))
        return cls(present, answer)

    @property
    def is_refused(self) -> bool:
        return bool(rejections(self.findings))
