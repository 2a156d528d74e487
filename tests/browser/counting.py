"""Counts what a reviewer does on the way through pages: presses, pages opened, and pixels scrolled."""

SCROLLED = """() => {
  let at = window.scrollY;
  window.scrolled = 0;
  document.addEventListener("scroll", () => {
    window.scrolled += Math.abs(window.scrollY - at);
    at = window.scrollY;
  });
}"""


class Counted:
    """A page whose presses are counted; ticks are not presses."""

    def __init__(self, page):
        self.page, self.presses, self.pages, self._scrolled = page, 0, 0, 0
        page.on("load", lambda: self._opened())

    def _opened(self):
        self.pages += 1

    def watch(self):
        """Count the pixels that this page is scrolled by from now on."""
        self.page.evaluate(SCROLLED)

    def press(self, target):
        """Press what leads to another page, and wait until that is there."""
        self._scrolled += self.page.evaluate("() => window.scrolled || 0")
        self.presses += 1
        with self.page.expect_event("load"):
            target.click()

    def choose(self, target):
        """Choose one of several."""
        self.presses += 1
        target.check()

    @property
    def scrolled(self):
        return self._scrolled
