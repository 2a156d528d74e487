"""Logos: our own re-encoding, stored under the digest of its bytes (rules L-08 and L-11)."""

from django.db import models

from registrations.models.columns import hex_digits


class Logo(models.Model):
    """One picture. The same bytes are one row, so an address never changes what it shows."""

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the PNG, in hex.")
    width = models.PositiveSmallIntegerField(help_text="Pixels.")
    height = models.PositiveSmallIntegerField(help_text="Pixels.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=hex_digits("digest", 64), name="logo_digest_is_sha256"),
            models.CheckConstraint(
                condition=models.Q(width__range=(128, 4096), height__range=(128, 4096)),
                name="logo_within_pixels",
            ),
        ]

    def __str__(self) -> str:
        return self.digest

    @property
    def path(self) -> str:
        """Where the storage keeps it."""
        return f"logos/{self.digest}.png"
