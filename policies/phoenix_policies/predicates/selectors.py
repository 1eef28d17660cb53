"""Kubernetes label selectors over labels, unknown values included."""

from __future__ import annotations

from phoenix_policies.truth import FALSE, TRUE, Truth, every, unknown
from phoenix_policies.values import Value


def selector_matches(selector: Value, labels: Value) -> Truth:
    """`matchLabels` and `matchExpressions`, or a plain map as Services have; an empty one selects everything."""
    if selector.is_unknown or labels.is_unknown:
        return unknown(selector.path if selector.is_unknown else labels.path)
    structured = any(key in ("matchLabels", "matchExpressions") for key in selector.keys)
    wanted = selector["matchLabels"] if structured else selector
    pairs = every(_equal(labels[key], value) for key, value in wanted.entries())
    return pairs & every(_expression(e, labels) for e in selector["matchExpressions"].each())


def _equal(label: Value, wanted: Value) -> Truth:
    if label.is_unknown or wanted.is_unknown:
        return unknown(label.path if label.is_unknown else wanted.path)
    return TRUE if label.raw is not None and label.raw == wanted.raw else FALSE


def _expression(expression: Value, labels: Value) -> Truth:
    key, operator = expression["key"], expression["operator"]
    if key.is_unknown or operator.is_unknown:
        return unknown(expression.path)
    label = labels[key.text]
    present = ~label.satisfies(lambda v: v is None)
    held = present & expression["values"].satisfies(
        lambda values: isinstance(values, list) and label.raw in values
    )
    match operator.text:
        case "In":
            return unknown(label.path) if label.is_unknown else held
        case "NotIn":
            return unknown(label.path) if label.is_unknown else ~held
        case "Exists":
            return present
        case "DoesNotExist":
            return ~present
        case _:
            return FALSE
