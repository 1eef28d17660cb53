"""`phoenix check`: judges resources from a file."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from phoenix_infra.cli.console import EXIT_VIOLATION, as_date, complain, emit
from phoenix_infra.cli.formats import Format, verdict_text
from phoenix_infra.preview.errors import PreviewError
from phoenix_infra.preview.recording import PROJECT_ROOT


def check(
    *,
    resources: Annotated[
        Path,
        typer.Option(
            help="An exported Pulumi state, a saved graph, or a JSON list of resources; - reads standard input."
        ),
    ],
    format_: Annotated[
        Format, typer.Option("--format", help="How the verdict is written.")
    ] = Format.TABLE,
    output: Annotated[Path | None, typer.Option(help="Write the verdict there instead.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Date to judge by; today by default.")
    ] = None,
    framework: Annotated[
        list[str] | None, typer.Option(help="Only rules of this framework: hipaa, soc2.")
    ] = None,
    waivers: Annotated[
        Path | None, typer.Option(help="A waiver file; the project's own by default.")
    ] = None,
    peer: Annotated[
        Path | None, typer.Option(help="The other region's resources, judged together with these.")
    ] = None,
) -> None:
    """Judge an exported state, a saved graph or a list of resources.

    Exit code 0: clean. 1: a mandatory rule is violated. 2: the file cannot be read or understood.
    """
    from phoenix_infra.cli.judging import judge, resources_in, waivers_of
    from phoenix_policies import load_waivers

    verdict = judge(
        resources_in(_document(resources), str(resources)),
        as_of=as_date(as_of),
        waivers=load_waivers(waivers) if waivers else waivers_of(PROJECT_ROOT),
        frameworks=_frameworks(framework or []),
        peers=resources_in(_document(peer), str(peer)) if peer else (),
    )
    if format_ is Format.TABLE:
        from rich.console import Console

        from phoenix_infra.cli.table import verdict_lines

        console = Console()
        for line in verdict_lines(verdict, show_all=False):
            console.print(line, soft_wrap=True)
    else:
        emit(verdict_text(verdict, format_), output)
    summary = verdict.summary
    complain(
        f"{summary['resources']} resources, {summary['failed']} violations, {summary['blocking']} blocking"
    )
    if verdict.blocked:
        raise typer.Exit(EXIT_VIOLATION)


def _document(path: Path) -> Any:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
        return json.loads(text)
    except OSError as error:
        raise PreviewError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise PreviewError(f"{path}: is no UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise PreviewError(f"{path}: is no JSON ({error})") from None


def _frameworks(names: list[str]) -> tuple[str, ...]:
    from phoenix_policies.controls import FRAMEWORKS

    for name in names:
        if name not in FRAMEWORKS:
            raise typer.BadParameter(
                f"{name!r} is none of {', '.join(FRAMEWORKS)}", param_hint="--framework"
            )
    return tuple(names)
