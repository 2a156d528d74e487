"""The overview of the desk: figures, their chart, and lists to download as CSV."""

from registrations.admin.overview.views import export_queue, export_weeks, overview

__all__ = ["export_queue", "export_weeks", "overview"]
