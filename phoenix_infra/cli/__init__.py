"""The `phoenix` command: preview, check, rules, config and graph."""

import sys


def main() -> None:
    """Entry point of the console script; a mistake of the caller ends with one message and exit code 2."""
    from phoenix_infra.cli.application import run

    sys.exit(run(sys.argv[1:]))
