"""The configuration a program sees: its stack file, with overrides laid over it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from phoenix_infra.preview.errors import PreviewError
from phoenix_infra.preview.wire import Value


def project_name(root: Path) -> str:
    """The name that Pulumi.yaml gives the project."""
    content = _read(root / "Pulumi.yaml")
    name = content.get("name")
    if not isinstance(name, str):
        raise PreviewError("Pulumi.yaml: `name` is missing; it must be the project's name")
    return name


def stack_config(root: Path, stack: str, overrides: Mapping[str, Value]) -> dict[str, str]:
    """Config key to value, strings as they are and everything else as JSON, as the CLI passes it."""
    path = root / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        known = sorted(p.name.split(".")[1] for p in root.glob("Pulumi.*.yaml"))
        raise PreviewError(
            f"there is no stack {stack!r}; choose one of: {', '.join(known) or '(none)'}"
        )
    section = _read(path).get("config")
    config = cast(dict[str, Value], section) if isinstance(section, dict) else {}
    return {key: as_text(value) for key, value in merged(config, overrides).items()}


def merged(base: Mapping[str, Value], over: Mapping[str, Value]) -> dict[str, Value]:
    """Overrides laid over the settings; objects are merged, everything else is replaced."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            value = merged(cast(Mapping[str, Value], below), cast(Mapping[str, Value], value))  # noqa: PLW2901 - the merged value takes its place
        result[key] = value
    return result


def as_text(value: Value) -> str:
    """A config value as the CLI hands it to a program."""
    return value if isinstance(value, str) else json.dumps(value)


def _read(path: Path) -> dict[str, Value]:
    from ruamel.yaml import YAML, YAMLError

    if not path.is_file():
        raise PreviewError(f"{path.name} does not exist in the project's directory")
    reader = YAML(typ="safe", pure=True)
    try:
        content: Value = reader.load(path.read_text(encoding="utf-8"))  # pyright: ignore[reportUnknownMemberType] - ruamel is not typed
    except YAMLError as error:
        raise PreviewError(f"{path.name} is no valid YAML: {error}") from None
    if not isinstance(content, dict):
        raise PreviewError(f"{path.name} must hold a mapping")
    return cast(dict[str, Value], content)
