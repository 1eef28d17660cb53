"""Where the command writes: results to standard output, words for people to standard error."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import typer

EXIT_VIOLATION = 1
EXIT_USAGE = 2


def complain(message: str) -> None:
    """One line for the person at the keyboard."""
    print(message, file=sys.stderr)  # noqa: T201 - this is the command line


def emit(text: str, output: Path | None) -> None:
    """The result itself, into a file or to standard output."""
    if output is None:
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    else:
        output.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")


def as_date(text: str | None) -> date:
    """The date to judge by; today when none is given (the graph itself never reads a clock)."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no date; write it as 2026-11-21", param_hint="--as-of"
        ) from None
