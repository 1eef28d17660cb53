"""`phoenix config`: the settings' JSON Schema, and every mistake of a stack file in one go."""

import json
from pathlib import Path
from typing import Annotated

import typer

from phoenix_infra.cli.console import EXIT_USAGE, as_date, complain, emit
from phoenix_infra.preview.recording import PROJECT_ROOT

app = typer.Typer(help="The settings of a stack.", no_args_is_help=True)


@app.command("schema")
def schema(
    output: Annotated[Path | None, typer.Option(help="Write the schema there instead.")] = None,
) -> None:
    """Print the JSON Schema of the stack files."""
    from phoenix_infra.settings.schema import json_schema

    emit(json.dumps(json_schema(), indent=2, sort_keys=True, ensure_ascii=False), output)


@app.command("check")
def check(
    stack: Annotated[str, typer.Argument(help="Name of a stack, or the path of a stack file.")],
    *,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Date for support calendars; today by default.")
    ] = None,
    root: Annotated[Path, typer.Option(help="The project's directory.")] = PROJECT_ROOT,
) -> None:
    """Report every mistake of a stack file; exit code 2 when there is one."""
    from phoenix_infra.layers.capacity import check_stack_and_capacity
    from phoenix_infra.preview.stack_config import stack_path

    path = Path(stack) if stack.endswith((".yaml", ".yml")) else stack_path(root, stack)
    problems = check_stack_and_capacity(path, as_date(as_of))
    errors = [problem for problem in problems if problem.level == "error"]
    for problem in problems:
        complain(f"{problem.level}: {problem}")
    complain(f"{path.name}: {len(errors)} errors, {len(problems) - len(errors)} warnings")
    if errors:
        raise typer.Exit(EXIT_USAGE)
