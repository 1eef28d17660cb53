"""Three-valued truth: true, false, or not known before deployment (strong Kleene logic)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Truth:
    """One statement about a resource; `places` says what was not known when `value` is None."""

    value: bool | None
    places: tuple[str, ...] = ()

    def __and__(self, other: Truth) -> Truth:
        if self.value is False or other.value is False:
            return FALSE
        if self.value is None or other.value is None:
            return Truth(None, _joined(self.places, other.places))
        return TRUE

    def __or__(self, other: Truth) -> Truth:
        if self.value is True or other.value is True:
            return TRUE
        if self.value is None or other.value is None:
            return Truth(None, _joined(self.places, other.places))
        return FALSE

    def __invert__(self) -> Truth:
        if self.value is None:
            return self
        return FALSE if self.value else TRUE

    def __bool__(self) -> bool:
        message = "a Truth has three values: combine with & | ~, or read .value"
        raise TypeError(message)

    def otherwise(self, message: str) -> Clause:
        """The clause that fails with `message` when this is false."""
        return Clause(self, message)


TRUE = Truth(True)
FALSE = Truth(False)


def unknown(*places: str) -> Truth:
    """A truth that only a deployment can tell, because of these places."""
    return Truth(None, places)


def truth(value: bool) -> Truth:
    """The truth of a plain fact."""
    return TRUE if value else FALSE


def every(truths: Iterable[Truth]) -> Truth:
    """True when all are; one false decides, whatever is unknown."""
    result = TRUE
    for one in truths:
        if one.value is False:
            return FALSE
        if one.value is None:
            result = result & one
    return result


def some(truths: Iterable[Truth]) -> Truth:
    """True when any is; one true decides, whatever is unknown."""
    result = FALSE
    for one in truths:
        if one.value is True:
            return TRUE
        if one.value is None:
            result = result | one
    return result


@dataclass(frozen=True, slots=True)
class Clause:
    """What a check yields: a truth with the message for when it is false; no truth means that the rule does not apply."""

    truth: Truth | None
    message: str


def not_applicable(reason: str) -> Clause:
    """The rule says nothing about this resource."""
    return Clause(None, reason)


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return first + tuple(place for place in second if place not in first)
