"""Changing one place in a tree of properties without touching the original."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, cast

Path = str | Sequence[str | int]


def keys_of(path: Path) -> list[str | int]:
    parts = path.split(".") if isinstance(path, str) else path
    return [int(p) if isinstance(p, str) and p.isdigit() else p for p in parts]


def put(tree: Any, keys: Sequence[str | int], value: Any) -> Any:
    if not keys:
        return value
    key, rest = keys[0], keys[1:]
    if isinstance(key, int):
        items: list[Any] = copy.copy(cast("list[Any]", tree)) if isinstance(tree, list) else []
        if key == len(items):
            items.append(None)
        items[key] = put(items[key], rest, value)
        return items
    mapping = dict(cast("Mapping[str, Any]", tree)) if isinstance(tree, Mapping) else {}
    mapping[key] = put(mapping.get(key), rest, value)
    return mapping


def drop(tree: Any, keys: Sequence[str | int]) -> Any:
    key, rest = keys[0], keys[1:]
    if isinstance(tree, list):
        items = list(cast("list[Any]", tree))
        place = int(key)
        if rest:
            items[place] = drop(items[place], rest)
        else:
            del items[place]
        return items
    mapping = dict(cast("Mapping[str, Any]", tree))
    if key not in mapping:
        message = f"nothing to take away: no {key!r} among {sorted(mapping)}"
        raise LookupError(message)
    if rest:
        mapping[str(key)] = drop(mapping[str(key)], rest)
    else:
        del mapping[str(key)]
    return mapping
