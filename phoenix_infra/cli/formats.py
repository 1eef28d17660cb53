"""A verdict in the form that was asked for."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phoenix_policies import Verdict


class Format(StrEnum):
    """How a verdict is written; `table` is for people."""

    TABLE = "table"
    JSON = "json"


def as_json(verdict: "Verdict") -> str:
    """The verdict as one JSON object, exactly what `phoenix check --format json` prints."""
    return json.dumps(verdict.as_dict(), indent=1, sort_keys=True, ensure_ascii=False)
