"""Values that somebody meant to replace (X-76)."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

from phoenix_infra.settings.checks.subject import Check, Subject, check, wrong
from phoenix_infra.settings.problem import Problem

PLACEHOLDERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"change[_-]?me|replace[_-]?(me|with)|todo|fixme|placeholder", re.IGNORECASE),
        "a note to replace it",
    ),
    (
        re.compile(r"(^|[.@/])example\.(com|org|net)\b", re.IGNORECASE),
        "a documentation domain (RFC 2606)",
    ),
    (re.compile(r"\bZ1234567890"), "the hosted zone of a manual"),
    (re.compile(r"^(123456789012|000000000000|111122223333)$"), "the account of a manual"),
    (re.compile(r"^sha256:(.)\1{63}$"), "no digest of an image"),
    (re.compile(r"<[^<>]+>|\$\{[^}]*\}"), "a template that nobody filled in"),
)


@check()
def placeholders(subject: Subject) -> Iterator[Problem]:
    """No setting keeps the value of a manual."""
    for section in sorted(subject.present):
        value = getattr(subject.settings, section)
        for path, text in _texts(value.model_dump(mode="json")):
            reason = next((words for pattern, words in PLACEHOLDERS if pattern.search(text)), None)
            if reason is not None:
                yield wrong(
                    section,
                    *path,
                    value=text,
                    allowed=f"this is {reason}",
                    remedy="write the real value",
                )


def _texts(
    value: object, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[str, object]", value).items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            yield from _texts(item, (*path, index))


CHECKS: tuple[Check, ...] = (placeholders,)
