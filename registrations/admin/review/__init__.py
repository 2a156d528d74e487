"""The review page: everything about one registration, and what a reviewer can do about it."""

from registrations.admin.review.urls import urls

__all__ = ["urls"]
