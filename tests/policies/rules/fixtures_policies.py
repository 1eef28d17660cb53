"""Policy documents that several rules' cases share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

ACCOUNT = "481516234299"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/worker"
ROLE_PRINCIPAL = {"AWS": ROLE_ARN}
OWN_ACCOUNT = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
CLEAR_TEXT = {"Bool": {"aws:SecureTransport": "false"}}


def policy(*statements: Mapping[str, Any]) -> str:
    """The document as it comes over the wire: one JSON string."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(
    action: str | list[str],
    resource: str | list[str] = "*",
    principal: Any = None,
    condition: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """An Allow statement; without a principal it is one of an identity's policy."""
    return _statement("Allow", action, resource, principal, condition)


def deny(
    action: str | list[str],
    resource: str | list[str] = "*",
    principal: Any = "*",
    condition: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A Deny statement, of everybody unless somebody is named."""
    return _statement("Deny", action, resource, principal, condition)


def _statement(
    effect: str,
    action: str | list[str],
    resource: str | list[str],
    principal: Any,
    condition: Mapping[str, Any] | None,
) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": effect, "Action": action, "Resource": resource}
    if principal is not None:
        made["Principal"] = principal
    if condition is not None:
        made["Condition"] = dict(condition)
    return made
