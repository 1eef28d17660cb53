"""Turns the sections of a stack into typed settings, or into one clear message per mistake."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticUndefined

from phoenix_infra.settings.messages import allowed_by, remedy_for
from phoenix_infra.settings.problem import Problem, setting_path
from phoenix_infra.settings.sections import SECTION_NAMES, SETTINGS_CLASSES, AnySettings

Raw = Mapping[str, object]
Path = tuple[str | int, ...]


_STAND_INS: Mapping[tuple[str, ...], str] = {
    ("stack", "account_id"): "999999999999",
    ("stack", "domain"): "stand-in.health",
    ("stack", "site"): "stand-in",
    ("stack", "contacts", "on_call"): "stand-in@stand-in.health",
    ("stack", "contacts", "security"): "stand-in@stand-in.health",
    ("stack", "contacts", "database"): "stand-in@stand-in.health",
}
"""In place of wrong values that are required but that no other check depends on, so that the others still run."""


@dataclass(frozen=True, kw_only=True)
class Validated:
    """What could be understood: the settings as far as they are valid, and every mistake found on the way."""

    settings: AnySettings | None
    """Built without the sections in `missing`; None when the kind of stack is unknown."""
    missing: frozenset[str]
    """Sections that are absent or too wrong to be judged by checks across sections."""
    problems: tuple[Problem, ...]


def validate_sections(raw: Raw) -> Validated:
    """Validates each section on its own, so that one mistake hides no other."""
    cls = _settings_class(raw)
    if isinstance(cls, Problem):
        return Validated(settings=None, missing=frozenset(SECTION_NAMES), problems=(cls,))
    problems: list[Problem] = []
    valid: dict[str, object] = {}
    missing: set[str] = set()
    problems.extend(_foreign_section(name, cls) for name in raw if name not in cls.model_fields)
    for name, field in cls.model_fields.items():
        if name not in raw:
            if field.is_required():
                problems.append(_absent_section(name))
                missing.add(name)
            else:
                valid[name] = field.get_default(call_default_factory=True)
            continue
        adapter = _adapter(cls, name)
        value, found = _validate(adapter, name, raw[name])
        problems.extend(found)
        if value is PydanticUndefined:
            missing.add(name)
        else:
            valid[name] = value
    settings = cls.model_construct(**cast("dict[str, Any]", valid))
    return Validated(settings=settings, missing=frozenset(missing), problems=tuple(problems))


def _settings_class(raw: Raw) -> type[AnySettings] | Problem:
    stack = raw.get("stack")
    kind = cast("Raw", stack).get("kind") if isinstance(stack, Mapping) else None
    if isinstance(kind, str) and kind in SETTINGS_CLASSES:
        return SETTINGS_CLASSES[kind]
    kinds = tuple(SETTINGS_CLASSES)
    return Problem(
        setting=setting_path(("stack", "kind")),
        value="" if kind is None else _shown(kind),
        allowed=f"must be one of {', '.join(kinds)}; all other sections depend on it",
        remedy=_suggestion(kind, kinds) or "say what kind of stack this file describes",
    )


def _adapter(cls: type[BaseModel], name: str) -> "TypeAdapter[object]":
    field = cls.model_fields[name]
    annotation: Any = field.annotation
    if field.discriminator is not None:
        annotation = Annotated[annotation, field]
    return cast("TypeAdapter[object]", TypeAdapter(annotation))


def _validate(
    adapter: "TypeAdapter[object]", section: str, raw: object
) -> tuple[object, Sequence[Problem]]:
    """The section's value without its mistakes where it can do without, and the mistakes."""
    errors = _errors(adapter, raw)
    if not errors:
        return adapter.validate_json(json.dumps(raw), strict=True), ()
    names = _property_names(adapter)
    problems = [_problem(section, raw, error, names) for error in errors]
    pruned = raw
    for error in errors:
        path = _located(raw, error["loc"])
        stand_in = _STAND_INS.get((section, *map(str, path)))
        if stand_in is not None:
            pruned = _with(pruned, path, stand_in)
        elif error["type"] != "missing":
            pruned = _without(pruned, path)
    if _errors(adapter, pruned):
        return PydanticUndefined, problems
    return adapter.validate_json(json.dumps(pruned), strict=True), problems


def _errors(adapter: "TypeAdapter[object]", raw: object) -> list[ErrorDetails]:
    try:
        adapter.validate_json(json.dumps(raw), strict=True)
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def _problem(section: str, raw: object, error: ErrorDetails, names: Sequence[str]) -> Problem:
    path = _located(raw, error["loc"])
    absent = error["type"] in {"missing", "union_tag_not_found"}
    if error["type"].startswith("union_tag"):
        path = (*path, str(error.get("ctx", {}).get("discriminator", "")).strip("'"))
    value = "" if absent else _shown(_at(raw, path))
    return Problem(
        setting=setting_path((section, *path)),
        value=value,
        allowed=allowed_by(error),
        remedy=remedy_for(error, value, names),
    )


def _property_names(adapter: "TypeAdapter[object]") -> tuple[str, ...]:
    """Every name that an object in this section may have, for a suggestion."""
    schema = adapter.json_schema()
    objects = [schema, *schema.get("$defs", {}).values()]
    return tuple(dict.fromkeys(name for item in objects for name in item.get("properties", {})))


def _located(raw: object, location: tuple[int | str, ...]) -> Path:
    """The path in what was written; pydantic also puts the names of union members into a location."""
    path: list[str | int] = []
    current = raw
    for position, part in enumerate(location):
        if isinstance(current, Mapping) and part in cast("Raw", current):
            current = cast("Raw", current)[str(part)]
        elif isinstance(current, list) and isinstance(part, int):
            current = cast("list[object]", current)[part]
        elif position != len(location) - 1 or not isinstance(current, Mapping) or part == "[key]":
            continue
        path.append(part)
    return tuple(path)


def _at(raw: object, path: Path) -> object:
    current: object = raw
    for part in path:
        if isinstance(current, Mapping):
            current = cast("Mapping[str | int, object]", current).get(part)
        elif isinstance(current, list) and isinstance(part, int):
            current = cast("list[object]", current)[part]
    return cast("object", current)


def _with(raw: object, path: Path, value: str) -> object:
    """A copy with the value at the path; whatever is no object on the way stays as it is."""
    if not path:
        return value
    if not isinstance(raw, Mapping):
        return raw
    mapping: dict[str, object] = {**cast("Raw", raw)}
    mapping[str(path[0])] = _with(mapping.get(str(path[0])), path[1:], value)
    return mapping


def _without(raw: object, path: Path) -> object:
    """A copy without the value at the path; the empty path takes away everything."""
    if not path:
        return None
    head, rest = path[0], path[1:]
    if isinstance(raw, Mapping):
        mapping: dict[str, object] = {**cast("Raw", raw)}
        if rest and str(head) in mapping:
            mapping[str(head)] = _without(mapping[str(head)], rest)
        else:
            mapping.pop(str(head), None)
        return mapping
    if isinstance(raw, list) and isinstance(head, int):
        items: list[object] = [*cast("list[object]", raw)]
        # Other mistakes are located by index too, so that an element is blanked rather than taken out.
        items[head] = _without(items[head], rest) if rest else None
        return items
    return cast("object", raw)


def _absent_section(name: str) -> Problem:
    return Problem(
        setting=setting_path((name,)),
        value="",
        allowed="this section is required for this kind of stack",
        remedy=f"add the section {setting_path((name,))}",
    )


def _foreign_section(name: str, cls: type[AnySettings]) -> Problem:
    known = tuple(cls.model_fields)
    return Problem(
        setting=setting_path((name,)),
        value="",
        allowed=f"this kind of stack has only the sections {', '.join(known)}",
        remedy=_suggestion(name, known) or "remove it",
    )


def _suggestion(word: object, known: Iterable[str]) -> str:
    close = get_close_matches(str(word), list(known), n=1)
    return f"did you mean {close[0]}?" if close else ""


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else f'"{value}"'
