"""``manage.py api_token``: creates, lists and revokes the tokens of authorization servers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.refusals import NotFound, Refusal
from registrations.domain.api_rights import ABOUT, Right
from registrations.models import ApiToken
from registrations.rules.vocabulary import Environment
from registrations.workflow import api_tokens

SHOWN = "This is shown once. Store it now, as a secret of the server:"


class Command(BaseCommand):
    help = "Manages the tokens with which authorization servers call the API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="create a token and show it, once")
        create.add_argument("--server", required=True, help="the server's name, for people")
        create.add_argument("--environment", required=True, choices=[one.value for one in Environment])
        create.add_argument(
            "--right",
            required=True,
            action="append",
            dest="rights",
            choices=[right.value for right in Right],
            help="may be given several times. "
            + " ".join(f"{right}: {words}." for right, words in ABOUT.items()),
        )
        create.add_argument(
            "--days",
            type=int,
            default=api_tokens.DEFAULT_DAYS,
            help=f"how long it works; {api_tokens.DEFAULT_DAYS} by default, {api_tokens.MOST_DAYS} at most",
        )
        actions.add_parser("list", help="list all tokens, the newest first")
        revoke = actions.add_parser("revoke", help="stop a token at once")
        revoke.add_argument("token", type=UUID, help="its id, which list shows")

    def handle(self, *, action: str, **options: Any) -> None:
        try:
            getattr(self, action)(**options)
        except NotFound:
            raise CommandError("There is no such token.") from None
        except Refusal as refusal:
            raise CommandError(refusal.reason) from None

    def create(self, *, server: str, environment: str, rights: list[str], days: int, **options: Any) -> None:
        """Create a token and write it to standard output, alone on the last line."""
        token, text = api_tokens.create(
            server,
            by=None,
            signed_in_at=None,
            environment=environment,
            rights={Right(right) for right in rights},
            days=days,
        )
        self.stderr.write(f"Token {token.uuid} of {token.server} works until {token.expires_at:%Y-%m-%d}.")
        self.stderr.write(SHOWN)
        self.stdout.write(text)

    def list(self, **options: Any) -> None:
        """Write one line for each token."""
        now = timezone.now()
        for token in ApiToken.objects.all():
            ended = "revoked" if token.revoked_at else "expired"
            state = f"until {token.expires_at:%Y-%m-%d}" if token.works_at(now) else ended
            used = f"used {token.last_used_at:%Y-%m-%d %H:%M} UTC" if token.last_used_at else "never used"
            self.stdout.write(
                f"{token.uuid}  {token.hint}…  {token.environment}  {state}  {used}  "
                f"{','.join(token.rights)}  {token.server}"
            )

    def revoke(self, *, token: UUID, **options: Any) -> None:
        """Stop a token at once."""
        stopped = api_tokens.revoke(token, by=None)
        self.stdout.write(f"Token {stopped.uuid} of {stopped.server} is revoked.")
