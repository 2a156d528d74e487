"""The shape of the code: `python -m bench.shape`, or as part of `make bench`.

A reader should not have to hop from helper to helper, nor scroll. So it counts, over `portal` and
`registrations` without migrations:

- how many lines functions have, from `def` to the end. Properties are read as attributes, so the median
  leaves them out; it is printed with them as well;
- the share of private helpers among all functions, methods included. A helper is what begins with one
  underscore, and also what only its own module calls, whatever its name. What a framework calls, and what
  stands in a table, is no helper;
- modules of a few lines that a single other module imports;
- the lines of each file, and the lines of templates that are too long to read.

It ends with 1 where a goal is missed. `python -m bench.shape registrations/rules` looks at one folder alone,
and names the helpers there.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
MOST_HELPERS = 0.28
MEDIAN = range(6, 11)
LONGEST = 45
FEW_LINES = 25
FRAMEWORK_NAMES = ("__init__.py", "apps.py", "models.py")
"""Modules that Python or Django look for, however short they are."""
TEMPLATE_WIDTH = 120


class Function(NamedTuple):
    """A function or method: where it is, its length, whether it is a property, or a private helper."""

    file: Path
    name: str
    lines: int
    is_property: bool
    is_helper: bool


def main() -> int:
    everything = code_in("portal") + code_in("registrations") + code_in("bin")
    sources = {path: path.read_text() for path in everything}
    known = Counter(word for text in [*sources.values(), *template_texts()] for word in words_of(text))
    chosen = [path for folder in sys.argv[1:] or ["portal", "registrations"] for path in code_in(folder)]
    functions = [one for path in chosen for one in functions_of(path, sources[path], known)]
    lines = sorted(one.lines for one in functions)
    called = [one.lines for one in functions if not one.is_property] or lines
    helpers = [one for one in functions if one.is_helper]
    sizes = Counter({str(path.relative_to(ROOT)): len(sources[path].splitlines()) for path in chosen})
    single_use = single_use_modules(sources)
    fragments = [path for path in chosen if path in single_use]
    wide = wide_template_lines()

    share, half = len(helpers) / len(functions), median(called)
    print(f"functions        {len(functions)}: median {half:g} lines; goal {MEDIAN[0]} to {MEDIAN[-1]}")
    print(f"                 {median(lines):g} with the {len(functions) - len(called)} properties")
    print(f"                 95th percentile {lines[len(lines) * 95 // 100]}, most {lines[-1]}; ", end="")
    print(f"goal at most {LONGEST}")
    print(f"private helpers  {len(helpers)}: {share:.0%}; goal at most {MOST_HELPERS:.0%}")
    print(f"files            {len(sizes)}: median {median(sizes.values()):g} lines, the longest:")
    for name, size in sizes.most_common(5):
        print(f"{size:20} {name}")
    print(f"fragments        {len(fragments)}: up to {FEW_LINES} lines and a single caller; goal none")
    for path in fragments:
        print(f"{len(sources[path].splitlines()):20} {path.relative_to(ROOT)}")
    print(f"templates        {len(wide)} lines over {TEMPLATE_WIDTH} characters; goal none")
    for name, count in Counter(wide).most_common(5):
        print(f"{count:20} {name}")
    if sys.argv[1:]:
        print("\n".join(f"{one.file.relative_to(ROOT)}: {one.name} ({one.lines})" for one in helpers))
    reached = share <= MOST_HELPERS and MEDIAN[0] <= half <= MEDIAN[-1] and lines[-1] <= LONGEST
    reached = reached and not fragments and not wide
    print(f"Goals: {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


def code_in(folder: str) -> list[Path]:
    place = ROOT / folder
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    return [path for path in files if "migrations" not in path.parts]


def functions_of(path: Path, text: str, known: Counter[str]) -> list[Function]:
    """The functions of a file, nested ones included; ``known`` is in how many files each word stands."""
    tree = ast.parse(text)
    called = called_names(tree)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        is_private = node.name.startswith("_") and not node.name.startswith("__")
        is_own = node.name in called and known[node.name] == 1 and not node.decorator_list
        decorators = {getattr(one, "id", "") for one in node.decorator_list}
        is_property = not decorators.isdisjoint(("property", "cached_property"))
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        found.append(Function(path, node.name, lines, is_property, is_private or is_own))
    return found


def called_names(tree: ast.AST) -> set[str]:
    """The names that a module calls itself; not what it hands on to a base class."""
    called = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id=name):
                called.add(name)
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super"))):
                pass
            case ast.Attribute(attr=name):
                called.add(name)
    return called


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def template_texts() -> list[str]:
    return [path.read_text() for path in (ROOT / "templates").rglob("*.*")]


def single_use_modules(sources: dict[Path, str]) -> set[Path]:
    """Modules of a few lines that hold functions and that one other module imports."""
    importers: Counter[Path] = Counter()
    for path, text in sources.items():
        for other in imported_files(text) - {path}:
            importers[other] += 1
    return {
        path
        for path, count in importers.items()
        if count == 1
        and path.name not in FRAMEWORK_NAMES
        and len(sources[path].splitlines()) <= FEW_LINES
        and "def " in sources[path]
    }


def imported_files(text: str) -> set[Path]:
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {path for name in names if (path := ROOT / f"{name.replace('.', '/')}.py").is_file()}


def wide_template_lines() -> list[str]:
    """The template of each line that is too long, once for each line."""
    return [
        str(path.relative_to(ROOT / "templates"))
        for path in sorted((ROOT / "templates").rglob("*"))
        if path.is_file()
        for line in path.read_text().splitlines()
        if len(line) > TEMPLATE_WIDTH
    ]


if __name__ == "__main__":
    sys.exit(main())
