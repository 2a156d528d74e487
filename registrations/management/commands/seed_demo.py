"""``manage.py seed_demo``: people and registrations to try the portal with."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.accounts.models import User
from registrations import demo


class Command(BaseCommand):
    help = "Adds demo people and registrations in every state. Refuses where DEBUG is off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="only where nobody has an account yet")
        parser.add_argument(
            "--requests", action="store_true", help="also forty requests of mixed kind that wait for a review"
        )

    def handle(self, *, if_empty: bool, requests: bool, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Demo accounts have a public password, so they exist only with DEBUG=true.")
        if not (if_empty and User.objects.exists()):
            self.stdout.write(f"Made {demo.seed()} demo registrations.")
            if requests:
                self.stdout.write(f"Made {demo.seed_requests()} requests that wait for a review.")
        there = set(User.objects.values_list("email", flat=True))
        known = (*demo.ACCOUNTS, *demo.PARTNER_ACCOUNTS.values())
        accounts = [account for account in known if account.email in there]
        if accounts:
            self.stdout.write(f"\nDemo accounts, password {demo.PASSWORD}:")
        for account in accounts:
            self.stdout.write(f"  {account.email:26} {account.what}")
