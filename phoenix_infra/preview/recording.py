"""Records the graph of a stack: the real program, run in this process."""

import re
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path

from phoenix_infra.preview.errors import PreviewError, program_error
from phoenix_infra.preview.graph import Graph, Mode
from phoenix_infra.preview.stack_config import as_text, project_name, stack_config
from phoenix_infra.preview.wire import Value

PROJECT_ROOT = Path(__file__).resolve().parents[2]
_LONGEST_CHAIN_OF_STACKS = 5

Progress = Callable[[str], None]


def record(
    stack: str,
    *,
    mode: Mode = Mode.KNOWN,
    root: Path = PROJECT_ROOT,
    overrides: Mapping[str, Value] | None = None,
    on_registration: Progress | None = None,
) -> Graph:
    """Runs the project's `__main__.py` for a stack and answers its graph.

    A StackReference is fed the exports of the named stack, recorded in known mode from its own stack file:
    the engine reads them from the backend, so they are known at a first preview too.
    """
    return _record((stack,), root, mode, overrides or {}, on_registration)


def record_program(
    program: Callable[[], object],
    *,
    stack: str = "test",
    project: str = "phoenix-infra",
    config: Mapping[str, Value] | None = None,
    mode: Mode = Mode.KNOWN,
    root: Path = PROJECT_ROOT,
    references: Mapping[str, Mapping[str, Value]] | None = None,
    on_registration: Progress | None = None,
) -> Graph:
    """Records any program; what a test uses for a component, and `record` for the whole stack."""
    from phoenix_infra.preview.depth import check_depth
    from phoenix_infra.preview.monitor import MissingReferenceError, RecordingMonitor
    from phoenix_infra.preview.run import run_program
    from phoenix_infra.preview.source import source_finder

    monitor = RecordingMonitor(
        project=project,
        stack=stack,
        mode=mode,
        references=references or {},
        find_source=source_finder(root),
        on_registration=on_registration,
    )
    try:
        run_program(
            program,
            monitor=monitor,
            project=project,
            stack=stack,
            config={key: as_text(value) for key, value in (config or {}).items()},
            log=monitor.warnings,
        )
    except SystemExit as error:
        # The program ends itself when its settings are wrong; the mistakes are the message.
        cause = getattr(error, "error", None)
        raise (cause or PreviewError(f"the program of {stack} ended itself: {error}")) from None
    except RecursionError:
        raise PreviewError(
            f"the dependencies of {stack} are too deep for the Pulumi SDK, which walks them recursively; "
            "pass outputs instead of chaining resources with depends_on"
        ) from None
    except MissingReferenceError as error:
        if references is not None:
            raise
        raise PreviewError(
            f"{stack} reads the outputs of stack {error.stack_name!r}, which was not recorded"
        ) from None
    except (PreviewError, KeyboardInterrupt):
        raise
    except Exception as error:
        seen = [value for r in monitor.registrations.values() for value in (r.inputs, r.outputs)]
        raise program_error(error, stack=stack, root=root, values=seen) from error
    graph = monitor.graph()
    check_depth(graph)
    return graph


def _record(
    chain: tuple[str, ...],
    root: Path,
    mode: Mode,
    overrides: Mapping[str, Value],
    on_registration: Progress | None,
) -> Graph:
    from phoenix_infra.preview.monitor import MissingReferenceError

    stack = chain[-1]
    entry = root / "__main__.py"
    if not entry.is_file():
        raise PreviewError("there is no __main__.py in the project's directory")
    project = project_name(root)
    config = stack_config(root, stack, overrides)
    # Usually the settings name the stacks that are read, so the program has to run only once.
    references = {
        name: _exports(name, project, root, chain)
        for name in sorted(_named_stacks(config, project))
        if name.rsplit("/", 1)[1] not in chain
    }
    while True:
        try:
            return record_program(
                lambda: runpy.run_path(str(entry), run_name="__main__"),
                stack=stack,
                project=project,
                config=config,
                mode=mode,
                root=root,
                references=references,
                on_registration=on_registration,
            )
        except MissingReferenceError as error:
            name = error.stack_name
            references[name] = _exports(name, project, root, chain)


def _named_stacks(config: Mapping[str, str], project: str) -> set[str]:
    pattern = re.compile(rf"[\w.-]+/{re.escape(project)}/[\w.-]+")
    return {name for text in config.values() for name in pattern.findall(text)}


def _exports(name: str, project: str, root: Path, chain: tuple[str, ...]) -> Mapping[str, Value]:
    parts = name.split("/")
    stack = parts[-1]
    if len(parts) > 1 and parts[-2] != project:
        raise PreviewError(
            f"{chain[-1]} reads stack {name!r} of another project, which cannot be recorded"
        )
    if stack in chain or len(chain) >= _LONGEST_CHAIN_OF_STACKS:
        raise PreviewError(f"stacks read each other in a circle: {' -> '.join((*chain, stack))}")
    return _record((*chain, stack), root, Mode.KNOWN, {}, None).exports
