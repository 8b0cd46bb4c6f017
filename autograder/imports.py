"""Imports of whole commands, quicker than they come."""

import gc
import importlib
import sys
from types import ModuleType
from typing import Any

GRAMMAR = "rfc3987_syntax"


def import_command(name: str) -> ModuleType:
    """Import a module without what jsonschema would import for internationalised addresses, if it is there.

    nbformat imports jsonschema, which then builds a grammar for a second; no notebook holds such an address.
    """
    modules: dict[str, Any] = sys.modules
    absent = GRAMMAR not in modules
    if absent:
        modules[GRAMMAR] = None
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()  # what was imported stays, and need not be looked through again
        gc.enable()
        if absent:
            del modules[GRAMMAR]
