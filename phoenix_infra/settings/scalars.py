"""How a plain YAML scalar of a stack file is understood, and which ones nobody may rely on.

YAML 1.1 readers (PyYAML), YAML 1.2 readers and the Pulumi CLI (Go's yaml.v3) disagree on many unquoted words. A value
passes here only when all three agree on it and none of its characters is lost on the way to the program.
"""

import re
from dataclasses import dataclass

Scalar = str | int | float | bool


@dataclass(frozen=True, kw_only=True)
class Ambiguity:
    """Why an unquoted scalar is refused, and what to write."""

    reason: str
    instead: str


_BOOLEAN = {"true": True, "false": False}
_BOOLEAN_WORDS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false"})
_NULL_WORDS = frozenset({"", "~", "null"})
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
_BASED = re.compile(r"[-+]?0([xX][0-9a-fA-F_]+|[oO][0-7_]+|[bB][01_]+)")
_UNDERSCORED = re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?")
_EXPONENT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+")
_ODD_DECIMAL = re.compile(r"[-+]?([0-9]+\.|\.[0-9]+)")
_SIGNED = re.compile(r"\+[0-9]+(\.[0-9]*)?")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
_EXACT_INTEGER_LIMIT = 2**53
"""JSON numbers beyond this lose digits in readers that use doubles."""

_NUMBER_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        _LEADING_ZERO,
        "is read as an octal number by some readers and loses its leading zero in others",
    ),
    (_BASED, "is a number in another base for some readers and a text for others"),
    (_UNDERSCORED, "is a number for some readers and a text for others"),
    (_EXPONENT, "is a number for some readers and a text for others"),
    (_SEXAGESIMAL, "is a base-60 number for some readers and a text for others"),
    (_DATE, "is a date for some readers and a text for others"),
    (_SPECIAL_FLOAT, "is not a number that JSON can carry"),
    (_ODD_DECIMAL, "is a number for some readers and a text for others"),
    (_SIGNED, "is a number for some readers and a text for others"),
)


def read_plain(text: str) -> Scalar | Ambiguity:
    """The value of an unquoted scalar, or why it has none."""
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _DECIMAL.fullmatch(text):
        return _decimal(text)
    return _ambiguity(text) or text


def _ambiguity(text: str) -> Ambiguity | None:
    lowered = text.lower()
    if lowered in _NULL_WORDS:
        return Ambiguity(
            reason="is no value",
            instead='leave the key out to have its default, or write "" for an empty text',
        )
    if lowered in _BOOLEAN_WORDS:
        meant = "true" if lowered in {"yes", "on", "y", "true"} else "false"
        return Ambiguity(
            reason="is a truth value for some readers and a text for others",
            instead=f'write {meant} or the quoted text "{text}"',
        )
    for pattern, reason in _NUMBER_FORMS:
        if pattern.fullmatch(text):
            return Ambiguity(reason=reason, instead=_quoted(text))
    return None


def _integer(text: str) -> int | Ambiguity:
    number = int(text)
    if abs(number) > _EXACT_INTEGER_LIMIT or text == "-0":
        return Ambiguity(reason="does not survive as a JSON number", instead=_quoted(text))
    return number


def _decimal(text: str) -> float | Ambiguity:
    number = float(text)
    if str(number) != text:
        return Ambiguity(
            reason=f"is read as the number {number:g} and loses digits", instead=_quoted(text)
        )
    return number


def _quoted(text: str) -> str:
    return f'write the quoted text "{text}", or a plain decimal number if a number is meant'
