"""The base of every settings section and the constrained types that sections share."""

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Section(BaseModel, frozen=True, extra="forbid"):
    """One object of a stack file: immutable, and closed to keys that nobody reads."""

    model_config = ConfigDict(use_attribute_docstrings=True)


def _network(value: str) -> str:
    try:
        return str(IPv4Network(value))
    except ValueError as error:
        raise ValueError(
            f"must be an IPv4 network without host bits, such as 10.0.0.0/16 ({error})"
        ) from None


Cidr = Annotated[str, AfterValidator(_network)]
AccountId = Annotated[str, Field(pattern=r"^\d{12}$")]
RoleArn = Annotated[str, Field(pattern=r"^arn:aws:iam::\d{12}:role/[\w+=,.@/-]+$")]
Region = Literal["us-east-1", "us-west-2"]
"""The regions of Phoenix Guardian; anything else would hold PHI outside its allowed regions (X-89)."""
DomainName = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$")]
EmailAddress = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
KubernetesName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
IsoDate = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
WeeklyWindow = Annotated[
    str,
    Field(
        pattern=r"^(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d-(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d$"
    ),
]
"""A weekly maintenance window in UTC as RDS and ElastiCache write it (O-017)."""
DailyWindow = Annotated[str, Field(pattern=r"^\d\d:\d\d-\d\d:\d\d$")]
"""A daily backup window in UTC."""
