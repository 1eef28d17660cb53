"""Real stack files, and a way to bend single settings of them."""

import copy
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from phoenix_infra.settings.stack_file import read_stack_file

ROOT = Path(__file__).parents[2]
BACKENDS = {"database": "aurora-global", "cache": "elasticache-global", "storage": "s3"}


def stack_path(stack: str) -> Path:
    return ROOT / f"Pulumi.{stack}.yaml"


def bent(stack: str, changes: Mapping[str, Any]) -> dict[str, str]:
    """The stack's config with settings replaced: `{"database.limits.max_connections": 100}`; None removes."""
    config = read_stack_file(stack_path(stack))
    for path, value in changes.items():
        section, *keys = path.split(".")
        key = f"phoenix:{section}"
        default = {"backend": BACKENDS[section]} if section in BACKENDS else {}
        root: Any = {section: json.loads(config.get(key, json.dumps(default)))}
        at = root
        for name in [section, *keys][:-1]:
            if not name.isdigit():
                at.setdefault(name, {})
            at = at[int(name) if name.isdigit() else name]
        last = [section, *keys][-1]
        if value is None:
            del at[last]
        else:
            at[int(last) if isinstance(at, list) else last] = copy.deepcopy(value)
        if section in root:
            config[key] = json.dumps(root[section])
        else:
            del config[key]
    return config


@pytest.fixture
def path_of() -> Callable[[str], Path]:
    """The path of a stack's file."""
    return stack_path


@pytest.fixture
def bend() -> Callable[[str, Mapping[str, Any]], dict[str, str]]:
    """Gives a stack's config with some settings replaced."""
    return bent


@pytest.fixture
def as_of() -> date:
    """The day these tests live on: 1.34 is about to leave standard support, 1.35 is not."""
    return date(2026, 11, 21)
