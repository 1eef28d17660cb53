"""Reads `Pulumi.<stack>.yaml` as the Pulumi CLI hands it to a program, and refuses what readers disagree on."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from phoenix_infra.settings.problem import NAMESPACE, Problem, StackFileError
from phoenix_infra.settings.scalars import Ambiguity, read_plain
from phoenix_infra.settings.sections import SECTION_NAMES
from phoenix_infra.settings.yaml_tree import (
    Written,
    WrittenMapping,
    WrittenScalar,
    WrittenSequence,
    YamlSyntaxError,
    read_tree,
)

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

DEFAULT_PROVIDERS_KEY = "pulumi:disable-default-providers"
TOP_LEVEL_KEYS = ("config", "secretsprovider", "encryptedkey", "encryptionsalt")
"""What `pulumi stack init` writes beside the settings; they hold no setting and, but for cipher text, no secret."""


@dataclass(frozen=True, kw_only=True)
class StackFile:
    """The settings of one file, where each stands, and what cannot be relied on in it."""

    path: Path
    config: Mapping[str, str]
    lines: Mapping[str, int]
    """Line of each setting by its path, `phoenix:network.peer_cidrs[0]`."""
    problems: tuple[Problem, ...]


@dataclass
class _Reading:
    name: str
    lines: dict[str, int] = field(default_factory=dict[str, int])
    problems: list[Problem] = field(default_factory=list[Problem])

    def refuse(self, node: Written, setting: str, *, value: str, allowed: str, remedy: str) -> None:
        self.problems.append(
            Problem(
                setting=setting,
                value=value,
                allowed=allowed,
                remedy=remedy,
                file=self.name,
                line=node.line,
            )
        )


def read_stack_file(path: Path) -> dict[str, str]:
    """The config map of the file; raises StackFileError with every problem."""
    stack_file = open_stack_file(path)
    if stack_file.problems:
        raise StackFileError(stack_file.problems)
    return dict(stack_file.config)


def open_stack_file(path: Path) -> StackFile:
    """Reads as far as possible and keeps the problems beside what was read."""
    reading = _Reading(name=path.name)
    root = _compose(path, reading)
    config: dict[str, str] = {}
    for key_node, key, value in _entries(root, "", reading):
        if key == "config":
            config = _config(value, reading)
        elif key not in TOP_LEVEL_KEYS:
            reading.refuse(
                key_node,
                key,
                value="",
                allowed=f"a stack file has only {', '.join(TOP_LEVEL_KEYS)}",
                remedy=_unknown_top_level(key),
            )
    return StackFile(
        path=path, config=config, lines=reading.lines, problems=tuple(reading.problems)
    )


def _compose(path: Path, reading: _Reading) -> Written | None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reading.problems.append(
            Problem(
                setting=str(path.name),
                value="",
                allowed=f"the stack file cannot be read ({error})",
                remedy=f"name an existing stack, or write {path.name} in UTF-8",
            )
        )
        return None
    try:
        return read_tree(text)
    except YamlSyntaxError as error:
        reading.problems.append(
            Problem(
                setting=path.name,
                value="",
                allowed=f"this is not YAML: {error}",
                remedy="correct the line",
                file=path.name,
                line=error.line,
            )
        )
        return None


def _config(node: Written, reading: _Reading) -> dict[str, str]:
    config: dict[str, str] = {}
    for key_node, key, value in _entries(node, "", reading):
        reading.lines[key] = key_node.line
        reason = _wrong_key(key)
        if reason is not None:
            reading.refuse(key_node, key, value="", allowed=reason[0], remedy=reason[1])
            continue
        config[key] = _as_text(_value(value, key, reading))
    if config.get(DEFAULT_PROVIDERS_KEY) != '["*"]':
        reading.refuse(
            node,
            DEFAULT_PROVIDERS_KEY,
            value=config.get(DEFAULT_PROVIDERS_KEY, ""),
            allowed='must be ["*"], so that the engine refuses a resource without an explicit provider',
            remedy=f'write {DEFAULT_PROVIDERS_KEY}: ["*"]',
        )
    return config


def _wrong_key(key: str) -> tuple[str, str] | None:
    namespace, _, name = key.partition(":")
    if key == DEFAULT_PROVIDERS_KEY or (namespace == NAMESPACE and name in SECTION_NAMES):
        return None
    if namespace == NAMESPACE:
        close = get_close_matches(name, SECTION_NAMES, n=1)
        hint = f"did you mean {NAMESPACE}:{close[0]}" if close else "remove it"
        return f"the sections are {', '.join(SECTION_NAMES)}", hint + ("?" if close else "")
    known = name if name in SECTION_NAMES else key if key in SECTION_NAMES else ""
    remedy = f"did you mean {NAMESPACE}:{known}?" if known else "remove it"
    return f"only keys of the namespace {NAMESPACE} and {DEFAULT_PROVIDERS_KEY} are read", remedy


def _unknown_top_level(key: str) -> str:
    if key == "environment":
        return "write the settings themselves: an imported environment cannot be checked or previewed offline"
    close = get_close_matches(key.partition(":")[0], TOP_LEVEL_KEYS, n=1)
    if key.startswith(f"{NAMESPACE}:"):
        return "move it under config"
    return f"did you mean {close[0]}?" if close else "remove it"


def _entries(
    node: Written | None, path: str, reading: _Reading
) -> Iterator[tuple[Written, str, Written]]:
    if node is None:
        return
    if not isinstance(node, WrittenMapping):
        reading.refuse(
            node,
            path or "the file",
            value=node.text if isinstance(node, WrittenScalar) else "a list",
            allowed="must be an object of keys and values",
            remedy="write `key: value` lines below it",
        )
        return
    seen: set[str] = set()
    for key_node, value in node.entries:
        key = _key(key_node, path, reading)
        if key is None:
            continue
        if key in seen:
            reading.refuse(
                key_node,
                _child(path, key),
                value="",
                allowed="the key stands here a second time",
                remedy="keep one of the two",
            )
            continue
        seen.add(key)
        yield key_node, key, value


def _key(node: Written, path: str, reading: _Reading) -> str | None:
    if not isinstance(node, WrittenScalar):
        reading.refuse(
            node, path, value="", allowed="a key must be a plain text", remedy="write a text"
        )
        return None
    if node.text == "<<" and not node.quoted:
        reading.refuse(
            node,
            path,
            value="<<",
            allowed="merge keys are not part of YAML 1.2",
            remedy="write the values themselves",
        )
        return None
    if not node.quoted and not isinstance(read_plain(node.text), str):
        reading.refuse(
            node,
            _child(path, node.text),
            value="",
            allowed=f"the key {node.text} is not a text for every reader",
            remedy=f'write the quoted text "{node.text}"',
        )
    return node.text


def _value(node: Written, path: str, reading: _Reading) -> Json:
    reading.lines.setdefault(path, node.line)
    if node.tag:
        reading.refuse(
            node,
            path,
            value=node.tag,
            allowed="the Pulumi CLI does not read tags",
            remedy="remove the tag",
        )
    if isinstance(node, WrittenScalar):
        return _scalar(node, path, reading)
    if isinstance(node, WrittenSequence):
        return [_value(item, f"{path}[{index}]", reading) for index, item in enumerate(node.items)]
    result: dict[str, Json] = {}
    for key_node, key, value in _entries(node, path, reading):
        if key == "secure":
            reading.refuse(
                key_node,
                path,
                value="[secret]",
                allowed="settings hold no secrets: one `secure:` value reaches the program as plain text "
                "inside its section",
                remedy="keep the secret in AWS Secrets Manager and remove it here",
            )
            continue
        child = _child(path, key)
        reading.lines[child] = key_node.line
        result[key] = _value(value, child, reading)
    return result


def _scalar(node: WrittenScalar, path: str, reading: _Reading) -> Json:
    if node.quoted:
        return node.text
    value = read_plain(node.text)
    if isinstance(value, Ambiguity):
        reading.refuse(
            node,
            path,
            value=node.text or "empty",
            allowed=f"unquoted, it {value.reason}",
            remedy=value.instead,
        )
        return node.text
    return value


def _as_text(value: Json) -> str:
    """A text stays as it is; everything else is JSON in the form of Go's encoder: sorted keys, no spaces."""
    if isinstance(value, str):
        return value
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _child(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
