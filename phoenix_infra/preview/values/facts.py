"""What a computed value may be made of: names, place and digests; never a clock or chance."""

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from phoenix_infra.preview.wire import Value, has_unknown, is_reference, is_secret, reveal

ACCOUNT_ID = "123456789012"
"""The account of AWS's own examples; used where no provider names one."""
REGION = "us-east-1"
_NAMESPACE = uuid.UUID("8c5f3a0e-6f5b-5d0e-9b1e-2f6f1f0f6a11")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a resource lives, as its provider says."""

    account: str = ACCOUNT_ID
    region: str = REGION


@dataclass(frozen=True, kw_only=True)
class Computed:
    """What a provider would have added: the id and the outputs that are no inputs."""

    id: str
    outputs: Mapping[str, Value] = field(default_factory=dict[str, Value])


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The resource that values are wanted for."""

    type: str
    name: str
    inputs: Mapping[str, Value]
    place: Place = Place()

    def text(self, key: str) -> str:
        """An input that is a known string, without its secret mark; empty otherwise."""
        value = reveal(self.inputs.get(key))
        return value if isinstance(value, str) and not has_unknown(value) else ""

    def digest(self, length: int, salt: str = "") -> str:
        """Hexadecimal digits that only type, name, account and region decide."""
        parts = (self.type, self.name, self.place.account, self.place.region, salt)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:length]

    def uuid(self, salt: str = "") -> str:
        """A UUID that only type, name, account and region decide."""
        return str(uuid.uuid5(_NAMESPACE, self.digest(64, salt)))


Teach: TypeAlias = Callable[[Subject], Value]


@dataclass(frozen=True, kw_only=True)
class Taught:
    """The values of one type: templates in which `{name}`, `{region}`, `{in[engine]}` ... are filled in.

    Fields: name (physical), logical, account, region, id, arn, uuid, hex7 hex8 hex12 hex17 hex32 hex40
    (`{hex17:x}` is another one), and in[...] for an input. A line whose input is missing is left out.
    """

    name: str = ""
    """Input that holds the physical name; `name` where the type has one."""
    id: str = ""
    arn: str = ""
    outputs: Mapping[str, Value | Teach] = field(default_factory=dict[str, "Value | Teach"])


class _Digest(str):
    """A digest that answers `{hex17:salt}` with another one."""

    __slots__ = ("length", "subject")

    subject: Subject
    length: int

    def __format__(self, salt: str) -> str:
        return self.subject.digest(self.length, salt)


class _Uuid(str):
    __slots__ = ("subject",)

    subject: Subject

    def __format__(self, salt: str) -> str:
        return self.subject.uuid(salt)


class _Inputs(Mapping[str, str]):
    """Inputs as text; one that is missing, unknown or structured is a KeyError."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    def __getitem__(self, key: str) -> str:
        if key not in self._subject.inputs:
            raise KeyError(key)
        value = reveal(self._subject.inputs[key])
        if has_unknown(value) or is_secret(value) or is_reference(value):
            raise KeyError(key)
        if isinstance(value, (str, int, float)):
            return str(value)
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._subject.inputs)

    def __len__(self) -> int:
        return len(self._subject.inputs)


class Facts(dict[str, object]):
    """The fields of a template, made only when a template asks for them."""

    def __init__(self, subject: Subject, **known: object) -> None:
        super().__init__(known)
        self.subject = subject

    def __missing__(self, key: str) -> object:
        subject = self.subject
        if key.startswith("hex"):
            digest = _Digest(subject.digest(int(key[3:])))
            digest.subject, digest.length = subject, int(key[3:])
            return digest
        if key == "uuid":
            result = _Uuid(subject.uuid())
            result.subject = subject
            return result
        plain: dict[str, object] = {
            "in": _Inputs(subject),
            "logical": subject.name,
            "account": subject.place.account,
            "region": subject.place.region,
        }
        return plain[key]


def fill(template: Value | Teach, facts: Facts) -> Value:
    """The template with its fields filled in; KeyError when an input it needs is missing."""
    if callable(template):
        return cast(Teach, template)(facts.subject)
    if isinstance(template, str):
        return template.format_map(facts)
    if isinstance(template, dict):
        fields = cast(dict[str, Value], template)
        return {key: fill(item, facts) for key, item in fields.items()}
    if isinstance(template, list):
        return [fill(item, facts) for item in cast(list[Value], template)]
    return template
