"""What a field allows and what to do about a wrong value, in words for each kind of pydantic error."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

_Context = Mapping[str, Any]

_KNOWN_PATTERNS: Mapping[str, str] = {
    r"^\d{12}$": "twelve digits",
    r"^arn:aws:iam::\d{12}:role/[\w+=,.@/-]+$": "the ARN of an IAM role",
    r"^1\.\d{2}$": 'a Kubernetes minor version such as "1.35"',
    r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$": "a bucket name: lower-case letters, digits and hyphens, 3 to 63",
    r"^\d{2}\.\d{1,2}$": 'an Aurora PostgreSQL version such as "17.7"',
    r"^db\.[a-z0-9]+\.[a-z0-9]+$": "an Aurora instance class such as db.r6g.2xlarge",
    r"^cache\.[a-z0-9]+\.[a-z0-9]+$": "an ElastiCache node type such as cache.r6g.xlarge",
    r"^sha256:[0-9a-f]{64}$": "an image digest, sha256: and 64 hexadecimal digits",
    r"^\d{4}-\d{2}-\d{2}$": 'a date such as "2027-03-31"',
    r"^\d\d:\d\d-\d\d:\d\d$": 'a daily window in UTC such as "07:00-08:00"',
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$": "an e-mail address",
    r"^\d{1,3}(\.\d{1,3}){3}$": "an IPv4 address",
    r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$": "a domain name in lower case",
    r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$": "lower-case letters, digits and hyphens, at most 63",
}
_WEEKLY = 'a weekly window in UTC such as "sun:08:30-sun:09:30"'


def _pattern(context: _Context) -> str:
    pattern = str(context["pattern"])
    known = _KNOWN_PATTERNS.get(pattern) or (_WEEKLY if pattern.startswith("^(mon|") else None)
    return f"must be {known}" if known else f"must match {pattern}"


_ALLOWED: Mapping[str, Callable[[_Context], str]] = {
    "missing": lambda _: "this setting is required",
    "extra_forbidden": lambda _: "no such setting exists",
    "greater_than": lambda c: f"must be more than {c['gt']}",
    "greater_than_equal": lambda c: f"must be at least {c['ge']}",
    "less_than": lambda c: f"must be less than {c['lt']}",
    "less_than_equal": lambda c: f"must be at most {c['le']}",
    "literal_error": lambda c: f"must be {c['expected']}",
    "string_pattern_mismatch": _pattern,
    "string_type": lambda _: "must be a text",
    "int_type": lambda _: "must be a whole number",
    "int_from_float": lambda _: "must be a whole number",
    "float_type": lambda _: "must be a number",
    "bool_type": lambda _: "must be true or false",
    "tuple_type": lambda _: "must be a list",
    "model_type": lambda _: "must be an object of keys and values",
    "model_attributes_type": lambda _: "must be an object of keys and values",
    "mapping_type": lambda _: "must be an object of keys and values",
    "dict_type": lambda _: "must be an object of keys and values",
    "too_short": lambda c: f"must have at least {c['min_length']} elements",
    "too_long": lambda c: f"must have at most {c['max_length']} elements",
    "union_tag_invalid": lambda c: f"must be one of {c['expected_tags']}",
    "union_tag_not_found": lambda _: "this setting is required",
    "value_error": lambda c: str(c["error"]),
}


def allowed_by(error: ErrorDetails) -> str:
    """What the field would accept."""
    words = _ALLOWED.get(error["type"])
    return words(error.get("ctx", {})) if words else error["msg"]


def remedy_for(error: ErrorDetails, value: str, known: Sequence[str]) -> str:
    """What the reader of the message does next."""
    kind = error["type"]
    name = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "extra_forbidden":
        close = get_close_matches(name, known, n=1)
        return f"did you mean {close[0]}?" if close else "remove it"
    if kind in {"missing", "union_tag_not_found"}:
        return "add it"
    if kind == "string_type" and value[:1].isdigit():
        return f'write the quoted text "{value}"'
    if kind in {"literal_error", "union_tag_invalid"}:
        context = error.get("ctx", {})
        expected = str(context.get("expected") or context.get("expected_tags", ""))
        words = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
        close = get_close_matches(value.strip('"'), words, n=1)
        return f"did you mean {close[0]}?" if close else "choose one of these"
    return "write a value that is allowed"
