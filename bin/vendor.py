"""`make vendor`: fetch the styles and fonts of others that the pages use, and check them.

Nothing of them is loaded from elsewhere at run time: `static/vendor` holds copies. This script takes
them from the npm packages below, whose integrity is pinned here, and writes `SHA256SUMS` beside them,
which a test compares with the files. To take another version, change its row and run the script.

Bootstrap's styles are built by Sass from the parts that `bin/bootstrap.scss` names, since the pages use
less than half of them.
"""

from __future__ import annotations

import base64
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

NPM, NODE = shutil.which("npm") or "npm", shutil.which("node") or "node"
PARTS = Path(__file__).resolve().with_name("bootstrap.scss")
FOLDER = Path(__file__).resolve().parent.parent / "static" / "vendor"
STYLES = "bootstrap/bootstrap.min.css"
_BUILD = """
const [parts, folder] = process.argv.slice(1);
const noted = ["import", "global-builtin", "color-functions", "if-function"];
const options = { loadPaths: [folder], style: "compressed", quietDeps: true, silenceDeprecations: noted };
process.stdout.write(require("sass").compile(parts, { ...options, charset: false }).css + "\\n");
"""
"""Bootstrap is written in a Sass whose parts the compiler advises against; that is theirs to mend."""


@dataclass(frozen=True)
class Package:
    """An npm package, and where its files go: the path in the package to the path below the folder."""

    name: str
    version: str
    integrity: str
    files: Mapping[str, str] = field(default_factory=dict)


PACKAGES = (
    Package(
        "bootstrap",
        "5.3.9",
        "sha512-20cU0rcfw8WdxtVbmfU+xT2EjvVTw9Ror/h1Qvd7DXCujRg8OO9mdBCsmTHdJFf3BuadmBNJtgIuUXsBqSkk/w==",
        {"LICENSE": "bootstrap/LICENSE"},
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


TOOLS = (
    Package(
        "sass",
        "1.108.2",
        "sha512-kugK8djotnG9HQRPTOf36asKYlxg8rWWsNLYHOgWDIVOiZQqlRfKBgF4XXM6kfw146kIDMvm57B4GIkvDSyTzA==",
    ),
    Package(
        "immutable",
        "5.1.5",
        "sha512-t7xcm2siw+hlUM68I+UEOK+z84RzmN59as9DZ7P1l0994DKUWV7UXBMQZVxaoMSRQ+PBZbHCOoBt7a2wxOMt+A==",
    ),
    Package(
        "source-map-js",
        "1.2.1",
        "sha512-UXWMKhLOwVKb728IUtQPXxfYU+usdybtUrK/8uGE8CQMvrhOpwvzDBwj0QhSL7MQc7vIsISBG8VQ8+IDQxpfQA==",
    ),
)
"""What builds Bootstrap's styles: the compiler of Sass, with the two packages that it loads."""


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        modules = Path(folder) / "node_modules"
        for package in (*PACKAGES, *TOOLS):
            archive = _archive(package)
            found = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
            if found != package.integrity:
                print(
                    f"{package.name} {package.version}: the package is not the pinned one.", file=sys.stderr
                )
                return 1
            unpacked = _unpacked(archive, modules / package.name)
            for source, target in package.files.items():
                _keep(target, (unpacked / source).read_bytes())
        command = [NODE, "--eval", _BUILD, str(PARTS), str(modules / "bootstrap/scss")]
        _keep(STYLES, subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE).stdout)
    targets = sorted([STYLES, *(target for package in PACKAGES for target in package.files.values())])
    digests = [hashlib.sha256((FOLDER / target).read_bytes()).hexdigest() for target in targets]
    lines = [f"{digest}  {target}\n" for digest, target in zip(digests, targets, strict=True)]
    (FOLDER / "SHA256SUMS").write_text("".join(lines))
    return 0


def _keep(target: str, content: bytes) -> None:
    (FOLDER / target).parent.mkdir(parents=True, exist_ok=True)
    (FOLDER / target).write_bytes(content)


def _archive(package: Package) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [NPM, "pack", "--silent", "--pack-destination", folder, f"{package.name}@{package.version}"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return next(Path(folder).glob("*.tgz")).read_bytes()


def _unpacked(archive: bytes, folder: Path) -> Path:
    """Unpack a package into a folder of its name, where Node finds it."""
    with tempfile.TemporaryDirectory() as beside, tarfile.open(fileobj=io.BytesIO(archive)) as members:
        members.extractall(beside, filter="data")
        shutil.copytree(Path(beside) / "package", folder)
    return folder


if __name__ == "__main__":
    sys.exit(main())
