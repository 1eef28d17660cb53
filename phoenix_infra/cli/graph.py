"""`phoenix graph`: what changed between two saved graphs."""

from pathlib import Path
from typing import Annotated

import typer

from phoenix_infra.cli.console import emit

app = typer.Typer(help="Saved graphs.", no_args_is_help=True)


@app.callback()
def _group() -> None:  # pyright: ignore[reportUnusedFunction] - typer keeps `diff` a sub-command with it
    """Saved graphs."""


@app.command("diff")
def diff(
    before: Annotated[Path, typer.Argument(help="A graph written by `phoenix preview --json`.")],
    after: Annotated[Path, typer.Argument(help="Another one.")],
) -> None:
    """List resources that appear or disappear, and the inputs and options that change."""
    from phoenix_infra.preview.difference import differences
    from phoenix_infra.preview.graph_file import read_graph

    found = differences(read_graph(before), read_graph(after))
    emit("\n".join([*(str(change) for change in found), f"{len(found)} resources differ"]), None)
