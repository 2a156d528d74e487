from django.apps import AppConfig

from portal import sealing
from portal.observability import readiness_checks


class RegistrationsConfig(AppConfig):
    name = "registrations"
    verbose_name = "Client registrations"

    def ready(self) -> None:
        """Let /readyz report a key that cannot open sealed secrets, rather than stop the boot."""
        readiness_checks["sealing_key"] = self._opens_what_waits

    def _opens_what_waits(self) -> bool:
        waiting = self.get_model("ClientSecret")._default_manager.filter(status="sealed").order_by("-pk")
        newest = waiting.values_list("sealed_secret", flat=True).first()
        return newest is None or sealing.can_open(newest)
