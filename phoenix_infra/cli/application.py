"""Puts the command groups together and turns errors into messages and exit codes."""

from collections.abc import Sequence

import typer

from phoenix_infra.cli import check, config, graph, preview, rules
from phoenix_infra.cli.console import EXIT_USAGE, complain

app = typer.Typer(
    name="phoenix",
    help="Phoenix Guardian's infrastructure: preview a stack, judge it, explain the rules.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("preview")(preview.preview)
app.command("check")(check.check)
app.command("rules")(rules.rules)
app.add_typer(config.app, name="config")
app.add_typer(graph.app, name="graph")


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and answers its exit code: 0 clean, 1 mandatory violation, 2 bad input or usage."""
    from phoenix_infra.preview.errors import PreviewError
    from phoenix_infra.settings.problem import SettingsError

    try:
        app(args=list(arguments), prog_name="phoenix")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else EXIT_USAGE if end.code else 0
    except SettingsError as error:
        for problem in error.problems:
            complain(str(problem))
        complain(f"{len(error.problems)} mistakes in the settings")
        return EXIT_USAGE
    except PreviewError as error:
        complain(str(error))
        return EXIT_USAGE
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}")
        return EXIT_USAGE
    return 0
