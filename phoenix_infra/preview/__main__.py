"""`python -m phoenix_infra.preview STACK FILE`: writes a stack's graph without judging it."""

import sys
from pathlib import Path

from phoenix_infra.preview import PreviewError, record, write_graph


def main(arguments: list[str]) -> None:
    """Records and writes; one message and exit code 2 when that cannot be done."""
    if len(arguments) != 2:
        print("usage: python -m phoenix_infra.preview STACK FILE", file=sys.stderr)  # noqa: T201 - this is a command
        raise SystemExit(2)
    try:
        write_graph(Path(arguments[1]), record(arguments[0]))
    except (PreviewError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is a command
        raise SystemExit(2) from None


if __name__ == "__main__":
    main(sys.argv[1:])
