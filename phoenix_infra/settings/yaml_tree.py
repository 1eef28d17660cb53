"""YAML as a typed tree of what was written: text, quoting and line; nothing is converted yet."""

import re
from dataclasses import dataclass
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

_OWN_TAG_PREFIX = "tag:yaml.org,2002:"
_NUMBER_OR_TRUTH = re.compile(r"-?[0-9]+(\.[0-9]+)?|true|false")


@dataclass(frozen=True, kw_only=True)
class WrittenScalar:
    """One word or text."""

    text: str
    quoted: bool
    tag: str
    """A tag that was written out, such as `!!str`; else empty."""
    line: int


@dataclass(frozen=True, kw_only=True)
class WrittenSequence:
    """A list."""

    items: tuple["Written", ...]
    tag: str
    line: int


@dataclass(frozen=True, kw_only=True)
class WrittenMapping:
    """Keys and values in the order of the file, duplicates included."""

    entries: tuple[tuple["Written", "Written"], ...]
    tag: str
    line: int


Written = WrittenScalar | WrittenSequence | WrittenMapping


class YamlSyntaxError(ValueError):
    """The text is not YAML."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


def read_tree(text: str) -> Written | None:
    """The tree of one document; None when the text is empty. Raises YamlSyntaxError."""
    yaml = YAML(typ="rt", pure=True)
    try:
        node = cast("Any", yaml).compose(text)
    except MarkedYAMLError as caught:
        error = cast("Any", caught)
        mark = error.problem_mark or error.context_mark
        raise YamlSyntaxError(str(error.problem), int(mark.line) + 1 if mark else 0) from None
    return None if node is None else _tree(node)


def _tree(node: Any) -> Written:  # ruamel.yaml's nodes carry no types
    line = int(node.start_mark.line) + 1
    if isinstance(node, ScalarNode):
        scalar = cast("Any", node)
        quoted = scalar.style is not None
        return WrittenScalar(
            text=str(scalar.value), quoted=quoted, tag=_scalar_tag(scalar), line=line
        )
    tag = _collection_tag(node)
    if isinstance(node, SequenceNode):
        items = cast("Any", node).value
        return WrittenSequence(items=tuple(_tree(item) for item in items), tag=tag, line=line)
    if isinstance(node, MappingNode):
        pairs = cast("Any", node).value
        entries = tuple((_tree(key), _tree(value)) for key, value in pairs)
        return WrittenMapping(entries=entries, tag=tag, line=line)
    raise TypeError(f"unexpected YAML node {type(node).__name__}")


def _collection_tag(node: Any) -> str:
    tag = str(node.tag)
    return "" if tag in {f"{_OWN_TAG_PREFIX}map", f"{_OWN_TAG_PREFIX}seq"} else tag


def _scalar_tag(node: Any) -> str:
    """The composer gives plain scalars a tag of its own; a written one differs from what the text resolves to."""
    tag = str(node.tag)
    if (
        tag == f"{_OWN_TAG_PREFIX}str"
        and node.style is None
        and _NUMBER_OR_TRUTH.fullmatch(node.value)
    ):
        return "!!str"
    return "" if tag.startswith(_OWN_TAG_PREFIX) else tag
