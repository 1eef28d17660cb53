"""The configuration a program sees: its stack file, with overrides laid over it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from phoenix_infra.preview.errors import PreviewError
from phoenix_infra.preview.wire import Value
from phoenix_infra.settings.stack_file import read_stack_file
from phoenix_infra.settings.yaml_tree import WrittenMapping, WrittenScalar, read_tree


def stack_names(root: Path) -> tuple[str, ...]:
    """The stacks that have a file in the project's directory."""
    return tuple(sorted(path.name.split(".")[1] for path in root.glob("Pulumi.*.yaml")))


def stack_path(root: Path, stack: str) -> Path:
    """The stack's file; an error that lists the stacks when there is none."""
    if stack not in stack_names(root):
        known = ", ".join(stack_names(root)) or "(none)"
        raise PreviewError(f"there is no stack {stack!r}; choose one of: {known}")
    return root / f"Pulumi.{stack}.yaml"


def peers_of(root: Path, stack: str) -> tuple[str, ...]:
    """The stacks to judge together with this one: those of the same AWS account (A7.2)."""
    accounts = {name: _account_of(root, name) for name in stack_names(root)}
    regional = [name for name in accounts if _kind_of(root, name) in ("primary", "recovery")]
    account = accounts.get(stack, "")
    return tuple(n for n in regional if account and n != stack and accounts[n] == account)


def _account_of(root: Path, stack: str) -> str:
    return str(_identity(root, stack).get("account_id") or "")


def _kind_of(root: Path, stack: str) -> str:
    return str(_identity(root, stack).get("kind") or "")


def _identity(root: Path, stack: str) -> dict[str, Value]:
    section = read_stack_file(stack_path(root, stack)).get("phoenix:stack", "{}")
    return cast(dict[str, Value], json.loads(section))


def project_name(root: Path) -> str:
    """The name that Pulumi.yaml gives the project."""
    path = root / "Pulumi.yaml"
    if not path.is_file():
        raise PreviewError("there is no Pulumi.yaml in the project's directory")
    tree = read_tree(path.read_text(encoding="utf-8"))
    entries = tree.entries if isinstance(tree, WrittenMapping) else ()
    for key, value in entries:
        if (
            isinstance(key, WrittenScalar)
            and key.text == "name"
            and isinstance(value, WrittenScalar)
        ):
            return value.text
    raise PreviewError("Pulumi.yaml: `name` is missing; it must be the project's name")


def stack_config(root: Path, stack: str, overrides: Mapping[str, Value]) -> dict[str, str]:
    """Config key to value as the CLI passes it; an override is merged into the section it names."""
    config = read_stack_file(stack_path(root, stack))
    for key, value in overrides.items():
        below = config.get(key, "")
        if isinstance(value, Mapping) and below.startswith("{"):
            section = cast(dict[str, Value], json.loads(below))
            config[key] = as_text(merged(section, cast(Mapping[str, Value], value)))
        else:
            config[key] = as_text(value)
    return config


def merged(base: Mapping[str, Value], over: Mapping[str, Value]) -> dict[str, Value]:
    """Overrides laid over the settings; objects are merged, everything else is replaced."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            above = cast(Mapping[str, Value], value)
            result[key] = merged(cast(Mapping[str, Value], below), above)
        else:
            result[key] = value
    return result


def as_text(value: Value) -> str:
    """A config value as the CLI hands it to a program."""
    return value if isinstance(value, str) else json.dumps(value)
