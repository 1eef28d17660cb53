"""The verdict as a file for machines and for auditors; each format is loaded only when it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

from phoenix_policies.verdict import Verdict

_MODULES: Final[Mapping[str, str]] = {
    "sarif": "sarif",
    "junit": "junit",
    "oscal": "oscal",
    "oscal-component": "oscal_component",
    "html": "html",
}
FORMATS: Final = ("json", *_MODULES)


def render(verdict: Verdict, format_: str) -> str:
    """The verdict in one of `FORMATS`."""
    if format_ == "json":
        return json.dumps(verdict.as_dict(), indent=2, ensure_ascii=False) + "\n"
    if format_ not in _MODULES:
        message = f"no report format {format_!r}; there are {', '.join(FORMATS)}"
        raise ValueError(message)
    module = import_module(f"{__name__}.{_MODULES[format_]}")
    write: Callable[[Verdict], str] = module.render
    return write(verdict)
