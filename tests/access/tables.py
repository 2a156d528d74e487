"""The tables of docs/, as the tests read them."""

from tests.packaging.surroundings import ROOT


def rows_of(document, heading):
    """The rows below a heading of a document in docs/, as lists of cells without backticks."""
    return [_cells(line) for line in _part(document, heading) if line.startswith("| `")]


def heads_of(document, heading):
    """The cells of the first line of that table."""
    return next(_cells(line) for line in _part(document, heading) if line.startswith("| "))


def _part(document, heading):
    text = (ROOT / "docs" / document).read_text()
    return text.split(f"## {heading}\n")[1].split("\n## ")[0].splitlines()


def _cells(line):
    return [cell.strip().strip("`") for cell in line.strip("|").split("|")]
