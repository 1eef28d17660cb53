"""One place in a resource's properties: what is missing, unknown or secret stays so all the way down."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final, cast

from phoenix_policies.truth import FALSE, TRUE, Truth, some, truth, unknown
from phoenix_policies.wire import UNKNOWN, Reference, Secret, Unknown, decode, plain

_SHOWN_LENGTH: Final = 80


class Value:
    """A decoded value with the path that leads to it; reading a missing key gives a missing value."""

    __slots__ = ("_node", "partial", "path", "secret")

    def __init__(
        self, node: Any, path: str = "", *, secret: bool = False, partial: bool = False
    ) -> None:
        if isinstance(node, Secret):
            node, secret = node.value, True
        if isinstance(node, Reference):
            node = node.id
        self._node = node
        self.path = path
        self.secret = secret
        # of a patch, where an absent key means that another owner sets it
        self.partial = partial

    # --- reading -------------------------------------------------------------------------------

    @property
    def raw(self) -> Any:
        """The bare data (`UNKNOWN` where unknown), without secret marks: to judge, never to print."""
        return plain(self._node)

    @property
    def marked(self) -> Any:
        """The decoded data with its secret marks, for the code that keeps secrets out of messages."""
        return Secret(self._node) if self.secret else self._node

    @property
    def is_unknown(self) -> bool:
        return isinstance(self._node, Unknown)

    @property
    def is_missing(self) -> bool:
        return self._node is None

    def __getitem__(self, key: str | int) -> Value:
        node = self._node
        if isinstance(key, int):
            path = f"{self.path}[{key}]"
            if isinstance(node, list):
                items = cast("list[Any]", node)
                return self._child(items[key] if -len(items) <= key < len(items) else None, path)
        else:
            path = f"{self.path}.{key}" if self.path else key
            if isinstance(node, dict):
                return self._child(cast("dict[str, Any]", node).get(key), path)
        return self._child(UNKNOWN if isinstance(node, Unknown) else None, path)

    def _child(self, node: Any, path: str) -> Value:
        if node is None and self.partial:
            node = UNKNOWN
        return Value(node, path, secret=self.secret, partial=self.partial)

    def at(self, *keys: str | int) -> Value:
        """The value behind several keys."""
        here = self
        for key in keys:
            here = here[key]
        return here

    def each(self, *keys: str) -> list[Value]:
        """Every element behind these keys, lists flattened on the way; an unknown list is one unknown element.

        A single object where a list is usual counts as a list of one; a missing key adds nothing.
        """
        if keys:
            here = self.each()
            for key in keys:
                here = [element for value in here for element in value[key].each()]
            return here
        node = self._node
        if node is None:
            return []
        if isinstance(node, list):
            return [
                self._child(item, f"{self.path}[{n}]")
                for n, item in enumerate(cast("list[Any]", node))
                if item is not None
            ]
        return [self]

    def entries(self) -> list[tuple[str, Value]]:
        """Key and value of an object; an unknown object is one unknown entry with the key `?`."""
        if isinstance(self._node, dict):
            return [(key, self[key]) for key in cast("dict[str, Any]", self._node)]
        return [("?", self)] if self.is_unknown else []

    def leaves(self) -> Iterator[Value]:
        """Every scalar below this place."""
        node = self._node
        if isinstance(node, dict):
            for key in cast("dict[str, Any]", node):
                yield from self[key].leaves()
        elif isinstance(node, list):
            for n in range(len(cast("list[Any]", node))):
                yield from self[n].leaves()
        elif node is not None:
            yield self

    def parsed(self) -> Value:
        """The object in a JSON string; an object given as such stays; anything else is missing."""
        node = self._node
        if isinstance(node, str):
            return Value(_document(node), self.path, secret=self.secret)
        return self

    @property
    def text(self) -> str:
        """The string, or an empty one when this is anything else."""
        return self._node if isinstance(self._node, str) else ""

    @property
    def number(self) -> float | None:
        """The number, also from a numeric string; None when this is anything else."""
        node = self._node
        if isinstance(node, bool) or not isinstance(node, int | float | str):
            return None
        try:
            return float(node)
        except (ValueError, OverflowError):
            return None

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(cast("dict[str, Any]", self._node)) if isinstance(self._node, dict) else ()

    @property
    def shown(self) -> str:
        """The value as a message may carry it: short, and never a secret."""
        if self.secret:
            return "[secret]"
        if self.is_unknown:
            return "[unknown]"
        if isinstance(self._node, dict):
            return f"[object of {len(self.keys)}]"
        if isinstance(self._node, list):
            return f"[list of {len(cast('list[Any]', self._node))}]"
        text = str(self._node)
        return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}..."

    # --- judging -------------------------------------------------------------------------------

    def satisfies(self, predicate: Callable[[Any], bool]) -> Truth:
        """The predicate over the bare value (None when missing); unknown, also deep inside, stays unknown."""
        raw = self.raw
        if _has_unknown(raw):
            return unknown(self.path)
        return truth(bool(predicate(raw)))

    @property
    def is_set(self) -> Truth:
        """Present and not empty."""
        if self.is_unknown:
            return unknown(self.path)
        return truth(self._node not in (None, "", [], {}))

    @property
    def is_true(self) -> Truth:
        """True, also as the string "true" (some provider booleans are strings); missing is not true."""
        return self._boolean(True)

    @property
    def is_false(self) -> Truth:
        """False in so many words; missing is not false."""
        return self._boolean(False)

    def _boolean(self, wanted: bool) -> Truth:
        node = self._node
        if isinstance(node, Unknown):
            return unknown(self.path)
        if isinstance(node, str):
            return truth(node.lower() == str(wanted).lower())
        return truth(node is wanted)

    def equals(self, *allowed: Any) -> Truth:
        """One of these values (True is not 1)."""
        return self.satisfies(lambda raw: any(type(raw) is type(a) and raw == a for a in allowed))

    def at_least(self, minimum: float) -> Truth:
        """A number not below the minimum; missing is below every minimum."""
        if self.is_unknown:
            return unknown(self.path)
        number = self.number
        return truth(number is not None and number >= minimum)

    def at_most(self, maximum: float) -> Truth:
        """A number not above the maximum; missing does not count as small."""
        if self.is_unknown:
            return unknown(self.path)
        number = self.number
        return truth(number is not None and number <= maximum)

    def matches(self, pattern: str) -> Truth:
        """A string in which the regular expression is found."""
        return self.satisfies(
            lambda raw: isinstance(raw, str) and re.search(pattern, raw) is not None
        )

    def contains(self, *wanted: Any) -> Truth:
        """A list (or a lone value) holding one of these; an unknown element may be it."""
        return some(element.equals(*wanted) for element in self.each())

    @property
    def is_empty(self) -> Truth:
        return ~self.is_set

    def known(self) -> Truth:
        return FALSE if self.is_unknown else TRUE


@lru_cache(maxsize=1024)  # a policy document is read by many rules
def _document(text: str) -> Any:
    try:
        return decode(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _has_unknown(raw: Any) -> bool:
    if isinstance(raw, Unknown):
        return True
    if isinstance(raw, dict):
        return any(_has_unknown(item) for item in cast("dict[str, Any]", raw).values())
    if isinstance(raw, list):
        return any(_has_unknown(item) for item in cast("list[Any]", raw))
    return False
