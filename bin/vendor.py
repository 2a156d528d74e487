"""`make vendor`: fetch the styles and fonts of others that the pages use, and check them.

Nothing of them is loaded from elsewhere at run time: `static/vendor` holds copies. This script takes
them from the npm packages below, whose integrity is pinned here, and writes `SHA256SUMS` beside them,
which a test compares with the files. To take another version, change its row and run the script.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

NPM = shutil.which("npm") or "npm"
FOLDER = Path(__file__).resolve().parent.parent / "static" / "vendor"
_SOURCE_MAP = re.compile(rb"/\*# sourceMappingURL=\S+ \*/\n?\Z")
"""Names a file that is not kept, which the hashed static storage refuses."""


@dataclass(frozen=True)
class Package:
    """An npm package, and where its files go: the path in the package to the path below the folder."""

    name: str
    version: str
    integrity: str
    files: Mapping[str, str]


PACKAGES = (
    Package(
        "bootstrap",
        "5.3.9",
        "sha512-20cU0rcfw8WdxtVbmfU+xT2EjvVTw9Ror/h1Qvd7DXCujRg8OO9mdBCsmTHdJFf3BuadmBNJtgIuUXsBqSkk/w==",
        {
            "dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
            "LICENSE": "bootstrap/LICENSE",
        },
    ),
    Package(
        "@fontsource-variable/inter",
        "5.3.0",
        "sha512-OupL48va4JNofb97w6NYeF9S7W/kHNKM0Er8Dem5nqi4jeOLrVJDoE8tZEpnMJmtkvNbB1EIPPwHcdkF6b1oUA==",
        {
            "files/inter-latin-wght-normal.woff2": "inter/latin.woff2",
            "files/inter-latin-ext-wght-normal.woff2": "inter/latin-ext.woff2",
            "LICENSE": "inter/LICENSE",
        },
    ),
)


def main() -> int:
    for package in PACKAGES:
        archive = _archive(package)
        found = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
        if found != package.integrity:
            print(f"{package.name} {package.version}: the package is not the pinned one.", file=sys.stderr)
            return 1
        for target, content in _wanted(archive, package.files):
            (FOLDER / target).parent.mkdir(parents=True, exist_ok=True)
            (FOLDER / target).write_bytes(content)
    targets = sorted(target for package in PACKAGES for target in package.files.values())
    digests = [hashlib.sha256((FOLDER / target).read_bytes()).hexdigest() for target in targets]
    lines = [f"{digest}  {target}\n" for digest, target in zip(digests, targets, strict=True)]
    (FOLDER / "SHA256SUMS").write_text("".join(lines))
    return 0


def _archive(package: Package) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [NPM, "pack", "--silent", "--pack-destination", folder, f"{package.name}@{package.version}"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return next(Path(folder).glob("*.tgz")).read_bytes()


def _wanted(archive: bytes, files: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for source, target in files.items():
            member = members.extractfile(f"package/{source}")
            if member is None:
                raise FileNotFoundError(source)
            yield target, _SOURCE_MAP.sub(b"", member.read())


if __name__ == "__main__":
    sys.exit(main())
