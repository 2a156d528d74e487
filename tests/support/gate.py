"""A gate in front of a live server, so that a test ends only when no request of its pages runs any more.

A page may still be asking when its test is over. The rows are removed then, and on PostgreSQL a request that
reads them at that moment ends in a deadlock.
"""

from threading import Condition, Event

PATIENCE = 60


def nothing(environ):
    """What is held unless a test says so."""
    return False


class Gate:
    """A WSGI application around another one, which it only calls while it is open."""

    def __init__(self, application):
        self._application = application
        self._is_open, self._inside = True, 0
        self._changed = Condition()
        self._holds = nothing

    def __call__(self, environ, start_response):
        with self._changed:
            if self._holds(environ):
                self._holds = nothing
                self._changed.wait_for(lambda: not self._is_open, PATIENCE)
            if not self._is_open:
                start_response("503 Service Unavailable", [("Content-Length", "0")])
                return []
            self._inside += 1
        try:
            return _Answer(self._application(environ, start_response), self._left)
        except BaseException:
            self._left()
            raise

    def open(self):
        with self._changed:
            self._is_open = True

    def hold_next(self, wanted):
        """Keep the next request that is ``wanted`` waiting until the gate closes, and turn it away then.

        Returns the event that it has come.
        """
        arrived = Event()

        def holds(environ):
            if wanted(environ):
                arrived.set()
            return arrived.is_set()

        self._holds = holds
        return arrived

    def close(self):
        """Let nobody in any more, and wait until everybody has left."""
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
            if not self._changed.wait_for(lambda: self._inside == 0, PATIENCE):
                raise TimeoutError(f"{self._inside} requests still ran after {PATIENCE} s.")

    def _left(self):
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()


class _Answer:
    """An answer that says when its server is done with it."""

    def __init__(self, answer, done):
        self._answer, self._done = answer, done

    def __iter__(self):
        return iter(self._answer)

    def close(self):
        try:
            if hasattr(self._answer, "close"):
                self._answer.close()
        finally:
            self._done()
