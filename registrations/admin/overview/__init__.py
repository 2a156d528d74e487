"""The overview of the desk: figures, their chart, and the weeks to download as CSV."""

from registrations.admin.overview.views import export_weeks, overview

__all__ = ["export_weeks", "overview"]
