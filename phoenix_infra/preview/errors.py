"""What a preview says when it cannot be made."""

import traceback
from collections.abc import Iterable
from pathlib import Path

from phoenix_infra.preview.wire import MASK, Value, secret_texts

_SHOWN_FRAMES = 4


class PreviewError(Exception):
    """One clear sentence for the person who asked; never carries a secret value."""


class ProgramError(PreviewError):
    """The program itself failed: says with what and where in the project."""


def program_error(
    error: BaseException, *, stack: str, root: Path, values: Iterable[Value]
) -> ProgramError:
    """The failure of a program, with the project's own frames and without any secret."""
    text = f"{type(error).__name__}: {error}"
    for secret in sorted(
        {t for value in values for t in secret_texts(value)}, key=len, reverse=True
    ):
        text = text.replace(secret, MASK)
    places = [
        f"{Path(frame.filename).relative_to(root)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(root) and "site-packages" not in frame.filename
    ]
    own = [place for place in places if not place.startswith("phoenix_infra/preview/")]
    at = f" (at {' > '.join(own[-_SHOWN_FRAMES:])})" if own else ""
    return ProgramError(f"the program of stack {stack} failed: {text}{at}")
