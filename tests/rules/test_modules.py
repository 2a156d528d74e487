"""Rules and domain as modules: whichever is imported first, the others find what they need."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMPORT_EACH_FIRST = """
import importlib, pkgutil, sys
import registrations.domain, registrations.rules

rooms = (registrations.rules, registrations.domain)
walks = [pkgutil.walk_packages(room.__path__, f"{room.__name__}.") for room in rooms]
modules = [found.name for walk in walks for found in walk]
for first in modules:
    for name in list(sys.modules):
        if name.startswith(("registrations.rules", "registrations.domain")):
            del sys.modules[name]
    for name in (first, *modules):
        importlib.import_module(name)
assert not [name for name in sys.modules if name.partition(".")[0] == "django"]
"""


def test_any_module_may_be_the_first_and_none_brings_the_framework_along():
    subprocess.run([sys.executable, "-c", IMPORT_EACH_FIRST], cwd=ROOT, check=True)
