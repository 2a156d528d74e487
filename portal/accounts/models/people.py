"""Users, organisations and memberships. A user signs in by email and acts for their organisations."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef
from django.db.models.functions import Lower
from django.utils import timezone

from portal.accounts.rules import rules

MAX_SKELETON_LENGTH = 360
"""Three times the length of a name, because one letter can look like several."""


class UserManager(BaseUserManager["User"]):
    """Creates users; addresses are stored and compared in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def superusers(self) -> models.QuerySet[User]:
        """Everybody who can sign in and do everything: without a password yet, nobody can."""
        powerful = self.filter(is_active=True, is_staff=True, is_superuser=True)
        return powerful.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


def verified_addresses(person: str) -> models.QuerySet[EmailAddress]:
    """The confirmed address of the account that the column of an outer query names, for a subquery."""
    rows = EmailAddress.objects.alias(address=Lower("email"))
    return rows.filter(user=OuterRef(person), address=OuterRef(f"{person}__email"), verified=True)


class Notifications(models.TextChoices):
    """Which emails about clients a person gets. Those about security and their account always come."""

    ALL = "all", "Everything about my organisation’s clients"
    MINE = "mine", "Only what is about clients that I started or submitted"
    SECURITY = "security", "Only security: secrets, sign-in and my account"


class User(AbstractUser):
    """A person. ``pseudonym`` stands for them in the audit log and outlives their erasure."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField("email address", max_length=254, unique=True)
    full_name = models.CharField("name", max_length=150, blank=True)
    pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    notifications = models.CharField(
        max_length=16, choices=Notifications, default=Notifications.ALL, db_default=Notifications.ALL
    )

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_without_case"),
            models.CheckConstraint(
                condition=models.Q(notifications__in=Notifications.values), name="user_notifications_known"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        super().clean()
        if problem := rules.person_problem(self.full_name):
            raise ValidationError({"full_name": problem})

    def get_full_name(self) -> str:
        return self.full_name or self.email

    def get_short_name(self) -> str:
        return self.get_full_name()

    def rights(self) -> dict[str, Any]:
        """What the person may do, as events tell it."""
        rights = {name: getattr(self, name) for name in ("is_active", "is_staff", "is_superuser")}
        return rights | {"groups": sorted(self.groups.values_list("name", flat=True))}

    def is_last_superuser(self) -> bool:
        """Whether nobody but this person can sign in as a superuser.

        It locks all superusers first, so that two of them cannot take the right from each other.
        """
        powerful = User.objects.superusers().select_for_update(of=("self",)).order_by("pk")
        return list(powerful.values_list("pk", flat=True)) == [self.pk]

    def has_verified_address(self) -> bool:
        """Whether the user has confirmed the email address of their account."""
        return EmailAddress.objects.filter(user=self, email__iexact=self.email, verified=True).exists()

    def domain_in_use(self, *, holds_link: bool = False) -> str:
        """The domain of the confirmed address if a member of an organisation has it too, else empty.

        Empty for services where anyone can have an address (rule O-02). ``holds_link`` is whether the
        person came with the link that was sent to the address, which proves as much.
        """
        domain = rules.company_domain(self.email)
        if not domain or not (holds_link or self.has_verified_address()):
            return ""
        there = EmailAddress.objects.filter(email__iendswith=f"@{domain}", verified=True)
        return domain if there.filter(user__memberships__isnull=False).exists() else ""


class NameSkeletonField(models.CharField):
    """What the row's ``name`` looks like; computed whenever the row is saved, and never set by hand.

    Empty in rows from a release that does not know the column, until :func:`fill_name_skeletons`.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MAX_SKELETON_LENGTH)
        super().__init__(**options | {"blank": True, "editable": False, "db_default": ""})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        looks_like = rules.skeleton(model_instance.name)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, looks_like)
        return looks_like


class Organisation(models.Model):
    """A partner company: registrations belong to it, never to a person.

    ``brand_accepted_because`` is why staff accepted a name with Pleo in it (rule O-01). From ``closed_at`` on
    it has no members, and nobody can join it. ``requires_second_factor`` is whether its members need one for
    every page.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    name_skeleton = NameSkeletonField()
    brand_accepted_because = models.TextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, editable=False)
    requires_second_factor = models.BooleanField(default=False, db_default=False)
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="organisation_has_name"),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(closed_at__gte=models.F("created_at")),
                name="organisation_closed_after_it_began",
            ),
        ]
        indexes = [models.Index(fields=["name_skeleton"], name="organisation_by_name_skeleton")]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def folded(name: str) -> str:
        """What is equal for two spellings of one name: without needless blanks, and whatever the case."""
        return rules.normalise(name).casefold()

    def is_called(self, name: str) -> bool:
        """Whether this is its name, however it is written."""
        return self.folded(self.name) == self.folded(name)

    def looking_alike(self) -> models.QuerySet[Organisation]:
        """Other organisations whose names look like this one's, legal forms aside (rules O-01 and N-10)."""
        alike = Organisation.objects.filter(name_skeleton=rules.skeleton(self.name)).exclude(name_skeleton="")
        return alike.exclude(pk=self.pk).order_by("pk")


class FormerName(models.Model):
    """A name that an organisation had until ``ended_at``; ``changed_by`` is empty for who was erased."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField(max_length=120)
    ended_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="former_name_is_one")]

    def __str__(self) -> str:
        return self.name


def fill_name_skeletons(_stopped: Callable[[], bool] | None = None) -> int:
    """Compute what the release before this one, which does not know the column, left empty: a job of the
    worker. Returns how many organisations that were.

    Until then :meth:`Organisation.looking_alike` does not find them.
    """
    filled = 0
    for one in Organisation.objects.filter(name_skeleton="").order_by("pk")[:500]:
        if looks_like := rules.skeleton(one.name):
            same = Organisation.objects.filter(pk=one.pk, name=one.name)
            filled += same.update(name_skeleton=looks_like)
    return filled


class Role(models.TextChoices):
    """What a member may do: a viewer reads, a developer edits, an admin also manages members."""

    ADMIN = "admin", "Admin"
    DEVELOPER = "developer", "Developer"
    VIEWER = "viewer", "Viewer"


class Membership(models.Model):
    """One person's role in one organisation.

    A person has one at most. ``is_exclusive`` is not true in those that an earlier release made for somebody
    who had another one: they are left as they are until all but one have ended.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    joined_at = models.DateTimeField(auto_now_add=True)
    is_exclusive = models.BooleanField(null=True, default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="membership_once"),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(is_exclusive=True), name="membership_one_a_person"
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.role}"

    def is_last_admin(self) -> bool:
        """Whether the organisation has no other admin. Lock the organisation before asking."""
        admins = Membership.objects.filter(organisation_id=self.organisation_id, role=Role.ADMIN)
        return self.role == Role.ADMIN and not admins.exclude(pk=self.pk).exists()
