"""A password hasher that counts how often it was asked."""

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    used = 0

    def encode(self, password, salt):
        type(self).used += 1
        return super().encode(password, salt)
