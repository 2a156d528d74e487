"""Node's ``URL``: one process that answers line by line. Without Node the test fails or is skipped."""

import json
import subprocess

from tests.support.needs import program

_PROGRAM = """
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  let answer = null;
  try {
    const url = new URL(JSON.parse(line));
    answer = [url.href, url.hostname];
  } catch {}
  console.log(JSON.stringify(answer));
});
"""


class NodeUrls:
    """Parses addresses as browsers do; leaving the ``with`` block ends the process."""

    def __enter__(self):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "ascii"}
        self._process = subprocess.Popen([program("node"), "-e", _PROGRAM], **pipes)
        return self

    def __exit__(self, *_):
        self._process.communicate(timeout=10)

    def read(self, uri):
        """The address and its host as browsers read them, or None where it is no address."""
        self._process.stdin.write(json.dumps(uri) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer and tuple(answer)
