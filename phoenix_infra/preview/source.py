"""Where in the project a resource is declared."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

NOT_THE_PROGRAM = ("phoenix_infra/preview/", "phoenix_infra/cli/")
"""The recorder and the command line are on the stack of every resource."""


def source_finder(root: Path) -> Callable[[Any], str]:
    """A function that finds the first stack frame of a request that lies inside the project."""
    prefix = f"{root.resolve().as_posix()}/"

    @cache
    def inside(uri: str) -> str:
        path = unquote(urlparse(uri).path)
        relative = path.removeprefix(prefix)
        if relative == path or "site-packages/" in relative or relative.startswith(NOT_THE_PROGRAM):
            return ""
        return relative

    def find(request: Any) -> str:
        for frame in request.stackTrace.frames:
            if relative := inside(frame.pc.uri):
                return f"{relative}:{frame.pc.line}"
        return ""

    return find
