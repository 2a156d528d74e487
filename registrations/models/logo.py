"""Logos: the portal's own re-encoding, stored under the digest of its bytes (rules L-08 and L-11)."""

from django.db import models

from registrations.models.columns import hex_digits
from registrations.rules.logos import LogoTraits


class Logo(models.Model):
    """One stored picture. Equal bytes share one row, so a URL always shows the same picture.

    ``digest_128`` and ``digest_256`` name PNGs of the same picture, fitted into squares of 128 and 256
    pixels; where the picture is no larger than that, they name the picture itself.
    """

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the PNG, in hex.")
    width = models.PositiveSmallIntegerField(help_text="Pixels.")
    height = models.PositiveSmallIntegerField(help_text="Pixels.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    digest_128 = models.CharField(max_length=64)
    digest_256 = models.CharField(max_length=64)
    is_blank = models.BooleanField(help_text="Fully transparent, or of one flat colour.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=hex_digits("digest", 64), name="logo_digest_is_sha256"),
            models.CheckConstraint(condition=hex_digits("digest_128", 64), name="logo_digest_128_is_sha256"),
            models.CheckConstraint(condition=hex_digits("digest_256", 64), name="logo_digest_256_is_sha256"),
            models.CheckConstraint(
                condition=models.Q(width__range=(128, 4096), height__range=(128, 4096)),
                name="logo_within_pixels",
            ),
        ]

    def __str__(self) -> str:
        return self.digest

    @property
    def traits(self) -> LogoTraits:
        """What the rules need to know about it."""
        return LogoTraits(self.width, self.height, self.is_blank)
