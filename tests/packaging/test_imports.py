"""Imports point one way: the contracts of pyproject.toml."""

import sys
from pathlib import Path

from tests.packaging.surroundings import production, run


def test_import_contracts_hold(tmp_path):
    lint_imports = Path(sys.executable).with_name("lint-imports")
    result = run(str(lint_imports), "--no-logo", "--no-cache", env=production(tmp_path))
    assert result.returncode == 0, result.stdout
