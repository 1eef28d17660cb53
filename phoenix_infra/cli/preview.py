"""`phoenix preview`: builds a stack's graph in process, shows it and judges it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phoenix_infra.cli.console import EXIT_VIOLATION, as_date, complain, emit
from phoenix_infra.cli.formats import Format, verdict_text
from phoenix_infra.preview.graph import Graph, Mode, unknown_inputs
from phoenix_infra.preview.recording import PROJECT_ROOT

if TYPE_CHECKING:
    from phoenix_policies import Verdict

_ROOT = typer.Option("--root", help="The project's directory.", file_okay=False, exists=True)


def preview(
    stack: Annotated[str, typer.Argument(help="Name of a stack file: Pulumi.<STACK>.yaml.")],
    *,
    mode: Annotated[
        Mode, typer.Option(help="known: values as after a deploy; unknown: as at the first.")
    ] = Mode.KNOWN,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the whole graph with the verdict.")
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="List every resource and every finding.")
    ] = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Date to judge by; today by default.")
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="How the verdict is written.")
    ] = Format.TABLE,
    output: Annotated[Path | None, typer.Option(help="Write the verdict there instead.")] = None,
    alone: Annotated[
        bool,
        typer.Option("--alone", help="Do not judge together with the other stacks of the account."),
    ] = False,
    root: Annotated[Path, _ROOT] = PROJECT_ROOT,
) -> None:
    """Preview a stack without engine, cloud or credentials, and judge it.

    Exit code 0: clean. 1: a mandatory rule is violated. 2: bad settings or usage.
    """
    from phoenix_infra.cli.judging import judge_graph
    from phoenix_infra.layers.capacity import check_stack_and_capacity
    from phoenix_infra.preview.graph_file import graph_document, write_graph
    from phoenix_infra.preview.stack_config import peers_of, stack_path
    from phoenix_infra.settings.problem import SettingsError

    date = as_date(as_of)
    problems = check_stack_and_capacity(stack_path(root, stack), date)
    for problem in problems:
        if problem.level == "warning":
            complain(f"warning: {problem}")
    if errors := [problem for problem in problems if problem.level == "error"]:
        raise SettingsError(errors)

    graph = _recorded(stack, mode, root)
    peers = () if alone else peers_of(root, stack)
    others = tuple(_recorded(peer, mode, root) for peer in peers)
    verdict = judge_graph(graph, root=root, as_of=date, peers=others)
    _warn(graph)
    if json_file is not None:
        write_graph(json_file, graph, verdict.as_dict())
    if format_ is Format.TABLE:
        _show(graph, verdict, show_all=all_, output=output)
    elif format_ is Format.JSON:
        document = graph_document(graph, verdict.as_dict())
        emit(json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False), output)
    else:
        emit(verdict_text(verdict, format_), output)
    if verdict.blocked:
        raise typer.Exit(EXIT_VIOLATION)


def _recorded(stack: str, mode: Mode, root: Path) -> Graph:
    """The stack's graph, with a line that counts while it is built."""
    from rich.console import Console

    from phoenix_infra.preview.recording import record

    console = Console(stderr=True)
    with console.status(f"building {stack}") as status:
        count = 0

        def counted(_urn: str) -> None:
            nonlocal count
            count += 1
            if count % 50 == 0:
                status.update(f"building {stack}: {count} resources")

        return record(stack, mode=mode, root=root, on_registration=counted)


def _warn(graph: Graph) -> None:
    for warning in graph.warnings:
        complain(f"warning: {warning}")
    if graph.mode is Mode.KNOWN:
        for unknown in unknown_inputs(graph):
            complain(f"warning: {unknown}; teach its value in phoenix_infra/preview/values")


def _show(graph: Graph, verdict: "Verdict", *, show_all: bool, output: Path | None) -> None:
    from rich.console import Console

    from phoenix_infra.cli.table import print_preview

    if output is None:
        print_preview(Console(), graph, verdict, show_all=show_all)
        return
    with output.open("w", encoding="utf-8") as file:
        print_preview(Console(file=file, width=160), graph, verdict, show_all=show_all)
