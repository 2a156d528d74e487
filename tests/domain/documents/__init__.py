"""Documents in the formats that the import reads. Each secret in them is the canary."""

from pathlib import Path

CANARY = "CANARY-7f3a9c"
FORMATS = {path.stem: path.read_text() for path in sorted(Path(__file__).parent.glob("*.json"))}
