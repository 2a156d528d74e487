"""Which worker runs which tests."""

from xdist.scheduler import LoadScopeScheduling

WHOLE = (
    "tests/browser/",
    "tests/faults/",
    "tests/packaging/",
    "tests/portal/test_bodies_served.py",
    "tests/scale/",
    "tests/upgrade/test_drill.py",
)
"""Where the tests of a file share a browser, a server or a crowd, which each worker would start anew."""


class WholeFiles(LoadScopeScheduling):
    """Sends each test to the next free worker, but those of :data:`WHOLE` file by file, these first."""

    def _split_scope(self, nodeid):
        return nodeid.partition("::")[0] if nodeid.startswith(WHOLE) else nodeid
