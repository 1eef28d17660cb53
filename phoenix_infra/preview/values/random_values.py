"""Computed values: the random provider, without chance."""

import string
from typing import cast

from phoenix_infra.preview.values.facts import Computed, Subject
from phoenix_infra.preview.wire import Value, has_unknown, reveal, secret

_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
"""The provider's own set (registry.terraform.io, hashicorp/random, password)."""


def compute_random(subject: Subject) -> Computed:
    """The id and computed outputs of a random resource: a digest of its name stands in for chance."""
    kind = subject.type.rsplit(":", 1)[1]
    if kind in ("RandomPassword", "RandomString"):
        return _string(subject, is_password=kind == "RandomPassword")
    if kind == "RandomUuid":
        return Computed(id=subject.uuid(), outputs={"result": subject.uuid()})
    if kind == "RandomInteger":
        low, high = _number(subject, "min", 0), _number(subject, "max", 1)
        number = low + int(subject.digest(8), 16) % (high - low + 1)
        return Computed(id=str(number), outputs={"result": number})
    if kind in ("RandomId", "RandomBytes"):
        length = _number(subject, "byteLength", _number(subject, "length", 8))
        digits = subject.digest(64)[: 2 * length]
        outputs: dict[str, Value] = {"hex": digits, "dec": str(int(digits, 16)), "b64Url": digits}
        return Computed(id=digits, outputs=outputs)
    if kind == "RandomPet":
        pet = f"steady-heron-{subject.digest(4)}"
        return Computed(id=pet, outputs={"result": pet})
    return Computed(id=subject.digest(16))


def _string(subject: Subject, *, is_password: bool) -> Computed:
    result = _characters(subject)
    if not is_password:
        return Computed(id=result, outputs={"result": result})
    return Computed(
        id="none",
        outputs={
            "result": secret(result),
            "bcryptHash": secret(f"$2a$10${subject.digest(53, 'bcrypt')}"),
        },
    )


def _characters(subject: Subject) -> str:
    special = subject.text("overrideSpecial") or _SPECIAL
    classes = [
        (string.ascii_lowercase, "lower", "minLower"),
        (string.ascii_uppercase, "upper", "minUpper"),
        (string.digits, "numeric", "minNumeric"),
        (special, "special", "minSpecial"),
    ]
    allowed = [entry for entry in classes if reveal(subject.inputs.get(entry[1])) is not False]
    alphabet = "".join(entry[0] for entry in allowed) or string.ascii_lowercase
    length = _number(subject, "length", 16)
    needed = [entry[0] for entry in allowed for _ in range(_number(subject, entry[2], 0))]
    picked = [_pick(subject, position, characters) for position, characters in enumerate(needed)]
    while len(picked) < length:
        picked.append(_pick(subject, len(picked), alphabet))
    return "".join(picked[:length])


def _pick(subject: Subject, position: int, alphabet: str) -> str:
    seed = bytes.fromhex(subject.digest(8, f"character {position}"))
    return alphabet[int.from_bytes(seed) % len(alphabet)]


def _number(subject: Subject, key: str, default: int) -> int:
    value = reveal(subject.inputs.get(key))
    if isinstance(value, (int, float)) and not has_unknown(value):
        return int(cast(float, value))
    return default
