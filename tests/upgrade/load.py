"""Partners at work: several browsers without a screen that read, save, submit and withdraw."""

import http.client
import re
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import cycle
from urllib.parse import urlencode, urljoin, urlsplit

from tests.support.people import PASSWORD

SITE = "https://portal.example"
PAUSE = 0.05
"""Seconds between two requests of one partner."""
NO_ANSWER = 599
ROUNDS = 15
"""Submissions of one partner until the counters are emptied; the portal takes 20 in an hour."""


NEWEST = re.compile(r"/registrations/([0-9a-f-]{36})/")
"""The first of a list is the partner's own; the rest is the crowd's."""


@dataclass(frozen=True)
class Answer:
    kind: str
    status: int
    seconds: float


class Forms(HTMLParser):
    """The forms of a page as a browser would send them, without their buttons: action and fields."""

    def __init__(self, page):
        super().__init__()
        self.found, self._text, self._choice = [], None, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.found.append((given.get("action", ""), []))
        elif not self.found or "disabled" in given:
            return
        elif tag == "input" and self._is_sent(given):
            self._add(given["name"], given.get("value", "on"))
        elif tag == "textarea":
            self._text = [given["name"], ""]
        elif tag == "select":
            self._choice = given["name"]
        elif tag == "option" and "selected" in given:
            self._add(self._choice, given["value"])

    def _is_sent(self, given):
        kind = given.get("type", "text")
        ticked = kind not in ("checkbox", "radio") or "checked" in given
        return bool(given.get("name")) and kind not in ("submit", "file", "button") and ticked

    def _add(self, name, value):
        self.found[-1][1].append((name, value))

    def handle_data(self, data):
        if self._text:
            self._text[1] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self._text:
            self._add(self._text[0], self._text[1].lstrip("\n"))
            self._text = None

    def with_field(self, name):
        return next(form for form in self.found if any(name == one for one, _ in form[1]))

    def with_action(self, ending):
        return next(form for form in self.found if form[0].endswith(ending))


@dataclass
class Partner:
    """One person with a browser; ``number`` tells whose, ``forgive`` empties the counters of limits."""

    number: int
    forgive: Callable
    cookies: dict = field(default_factory=dict)
    rounds: int = 0

    def work(self, port, answers, stop):
        """Round after round until told to stop; what came back goes into ``answers``."""
        self._port, self._answers = port, answers
        while not stop.is_set():
            try:
                self._round()
            except (StopIteration, AttributeError) as error:
                answers.append(Answer(f"a page without its form ({error!r})", NO_ANSWER, 0))
                time.sleep(PAUSE)

    def _round(self):
        self._get("sign-in page", "/accounts/login/", cookies={})
        page = self._get("list", "/registrations/")
        if self._at == "/accounts/login/":
            page = self._sign_in(page)
        rows = page.partition("<tbody")[2]  # above them, a release may list what is urgent
        draft = f"/registrations/{NEWEST.search(rows).group(1)}/"
        self._get("detail", draft)
        edit = Forms(self._get("form", f"{draft}edit/")).with_field("draft_version")
        check = self._post("save", f"{draft}edit/", edit, then="check")
        submit = Forms(check).with_action("/submit/")
        self._post("submit", f"{draft}check/", submit)
        self._post("withdraw", draft, (f"{draft}withdraw/", submit[1]))
        self.rounds += 1
        if self.rounds % ROUNDS == 0:
            self.forgive()

    def _sign_in(self, page):
        form = Forms(page).with_field("password")
        who = {"login": f"partner{self.number}@client.example", "password": PASSWORD}
        return self._post("sign in", "/accounts/login/?next=/registrations/", form, **who)

    def _post(self, kind, page, form, **changes):
        action, fields = form
        kept = [(name, value) for name, value in fields if name not in changes]
        path = urljoin(f"{SITE}{page}", action or page)
        return self._ask(kind, "POST", path, urlencode([*kept, *changes.items()]))

    def _get(self, kind, path, **options):
        return self._ask(kind, "GET", urljoin(SITE, path), **options)

    def _ask(self, kind, method, address, body=None, cookies=None):
        """The page, after redirects; each answer is noted by itself."""
        time.sleep(PAUSE)
        began = time.monotonic()
        try:
            status, place, text = self._exchange(method, address, body, cookies)
        except OSError as error:
            status, place, text = NO_ANSWER, None, repr(error)
        self._answers.append(Answer(kind, status, time.monotonic() - began))
        self._at = urlsplit(address).path
        return self._get(f"{kind}, after it", urljoin(address, place)) if place else text

    def _exchange(self, method, address, body, cookies):
        parts, jar = urlsplit(address), self.cookies if cookies is None else cookies
        headers = {
            "Host": urlsplit(SITE).netloc,
            "Origin": SITE,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"198.51.100.{self.number + 1}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", int(self._port), timeout=60)
        try:
            target = f"{parts.path}?{parts.query}" if parts.query else parts.path
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", ()):
            name, value = line.split(";", 1)[0].split("=", 1)
            jar[name] = value
        return answer.status, answer.headers.get("Location"), text


@contextmanager
def load(ports, partners):
    """All partners at work, in turn on one of the ports, while the block runs; yields their answers."""
    answers, stop = [], threading.Event()
    pairs = zip(partners, cycle(ports))
    threads = [threading.Thread(target=one.work, args=(port, answers, stop)) for one, port in pairs]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=120)
            assert not thread.is_alive()
