"""Runs a Pulumi program in this process against a monitor, without engine, plugins or network."""

import asyncio
import contextlib
import contextvars
import gc
import os
import warnings
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

import pulumi

_P = ParamSpec("_P")
_T = TypeVar("_T")

_WARNING = 2  # pulumirpc.LogSeverity
_CONFIG_VARIABLE = "PULUMI_CONFIG"


class InlineExecutor(ThreadPoolExecutor):
    """Answers each request on the loop's own thread, so that threads never decide the order."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> "Future[_T]":
        """Runs the function at once."""
        future: Future[_T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - the future carries it to whoever awaits
            future.set_exception(error)
        return future


class _Log:
    """The engine's log: keeps what a person should hear about."""

    def __init__(self, messages: list[str]) -> None:
        self._messages = messages

    def Log(self, request: Any) -> None:  # noqa: N802 - protocol
        if request.severity >= _WARNING:
            self._messages.append(str(request.message))


def run_program(
    program: Callable[[], object],
    *,
    monitor: Any,
    project: str,
    stack: str,
    config: Mapping[str, str],
    log: list[str],
) -> None:
    """Runs the program to its end; each run has its own SDK state and its own event loop."""

    def run() -> None:
        pulumi.runtime.set_all_config(dict(config), [])
        pulumi.runtime.configure(
            pulumi.runtime.Settings(
                project=project,
                stack=stack,
                monitor=monitor,
                engine=_Log(log),
                dry_run=True,
                organization="organization",
                root_directory="/",
            )
        )
        loop = asyncio.new_event_loop()
        loop.set_default_executor(InlineExecutor())
        # One failure reaches every task that waits for it; it is raised once, not logged for each.
        loop.set_exception_handler(_already_raised)
        asyncio.set_event_loop(loop)
        failed = True
        try:
            loop.run_until_complete(pulumi.runtime.run_in_stack(_without_result(program)))
            failed = False
        finally:
            if failed:
                _abandon(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
            asyncio.set_event_loop(None)
            loop.close()

    with quiet_collector(), _own_configuration():
        contextvars.Context().run(run)


def _without_result(program: Callable[[], object]) -> Callable[[], None]:
    def call() -> None:
        program()

    return call


def _already_raised(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    del loop, context


def _abandon(loop: asyncio.AbstractEventLoop) -> None:
    """After an error tasks still wait for outputs that will never come; nobody needs to hear of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        loop.run_until_complete(_cancel_the_rest())
        gc.collect()


async def _cancel_the_rest() -> None:
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


@contextlib.contextmanager
def quiet_collector() -> Generator[None]:
    """The cyclic collector rarely runs while a graph is built: by default it takes half of the time."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextlib.contextmanager
def _own_configuration() -> Generator[None]:
    """Settings come from the stack file alone: the SDK would also look into the environment."""
    before = os.environ.pop(_CONFIG_VARIABLE, None)
    try:
        yield
    finally:
        if before is not None:
            os.environ[_CONFIG_VARIABLE] = before
