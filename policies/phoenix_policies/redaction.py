"""Nothing secret in a message: neither marked values nor text that looks like a credential."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final, cast

from phoenix_policies.predicates.secrets import looks_secret
from phoenix_policies.resource import Resource
from phoenix_policies.wire import Secret

MASK: Final = "[secret]"
_MIN_PART: Final = 6  # parts of a secret document shorter than this are words such as "Allow"
_MAX_TEXT: Final = 2000
_WORD: Final = re.compile(r"[^\s\"'`]+")


def secrets_of(resources: Iterable[Resource]) -> frozenset[str]:
    """Every string that a secret mark covers in these resources, and the parts of secret documents."""
    found: set[str] = set()
    for one in resources:
        for tree in (one.props, one.outputs):
            _collect(tree.marked, found, inside=False)
    return frozenset(found - {""})


def redacted(message: str, secrets: frozenset[str]) -> str:
    """The message with every secret masked, shortened to what a person reads."""
    for secret in sorted(secrets, key=len, reverse=True):
        if secret in message:
            message = _mask(message, secret)
    message = _WORD.sub(lambda word: MASK if looks_secret(word[0]) else word[0], message)
    if looks_secret(message):  # a credential spread over words, such as "password = ..."
        message = MASK
    return message if len(message) <= _MAX_TEXT else f"{message[:_MAX_TEXT]}..."


def _mask(message: str, secret: str) -> str:
    if len(secret) >= _MIN_PART:
        return message.replace(secret, MASK)
    return re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", MASK, message)


def _collect(node: Any, found: set[str], *, inside: bool) -> None:
    if isinstance(node, Secret):
        _collect(node.value, found, inside=True)
    elif isinstance(node, dict):
        for item in cast("dict[str, Any]", node).values():
            _collect(item, found, inside=inside)
    elif isinstance(node, list):
        for item in cast("list[Any]", node):
            _collect(item, found, inside=inside)
    elif inside and isinstance(node, str):
        found.add(node)
        if node[:1] in "{[":
            _collect_document(node, found)
    elif inside and isinstance(node, int | float) and not isinstance(node, bool):
        found.add(str(node))


def _collect_document(text: str, found: set[str]) -> None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    parts: set[str] = set()
    _collect(Secret(document), parts, inside=True)
    found |= {part for part in parts if len(part) >= _MIN_PART}
