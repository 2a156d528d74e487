from django.apps import AppConfig

from portal.observability import readiness_checks
from portal.sealing import id_of_key


class SealingKeysConfig(AppConfig):
    name = "portal.sealing_keys"
    label = "sealing_keys"
    verbose_name = "Sealing keys"

    def ready(self) -> None:
        """Let /readyz report keys that open nothing, rather than stop the boot."""
        readiness_checks["sealing_key"] = self._opens_a_canary

    def _opens_a_canary(self) -> bool:
        """One canary is enough: a row that no key opens is no reason to send nobody here any more."""
        canaries = list(self.get_model("SealingCanary")._default_manager.values_list("sealed", flat=True))
        return not canaries or any(id_of_key(sealed) for sealed in canaries)
