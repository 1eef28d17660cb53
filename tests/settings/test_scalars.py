"""Unquoted words that YAML readers disagree on never reach a program."""

import pytest

from phoenix_infra.settings.scalars import Ambiguity, read_plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-17", -17),
        ("50", 50),
        ("0.5", 0.5),
        ("1.35", 1.35),
        ("production", "production"),
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("203.0.113.11", "203.0.113.11"),
        ("5.0.0", "5.0.0"),
        ("v3.0.0", "v3.0.0"),
        ("us-east-1a", "us-east-1a"),
        ("sun:08:30-sun:09:30", "sun:08:30-sun:09:30"),
        ("https://github.com/a/b.git", "https://github.com/a/b.git"),
        ("none", "none"),
        ("nobody", "nobody"),
        ("onward", "onward"),
    ],
)
def test_what_every_reader_understands_alike_is_accepted(text: str, value: object) -> None:
    read = read_plain(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        *("yes", "Yes", "no", "NO", "on", "off", "y", "N", "True", "FALSE"),
        *("", "~", "null", "Null"),
        *("1e3", "1E-3", "1.0e3", ".5", "5.", "+5", "+1.5"),
        *("017", "0o17", "0x1F", "0b11", "1_000", "000123456789"),
        *("12:30", "12:30:45", "190:20:30"),
        *("2027-03-31", "2027-03-31T10:00:00Z", "2027-3-1"),
        *(".inf", "-.Inf", ".nan", "1.30", "17.70", "1.0000000000000000001"),
        *("-0", "12345678901234567890"),
    ],
)
def test_what_readers_disagree_on_is_refused_with_what_to_write(text: str) -> None:
    read = read_plain(text)
    assert isinstance(read, Ambiguity), f"{text!r} was read as {read!r}"
    assert read.reason
    assert "write" in read.instead


def test_a_version_that_would_lose_its_zero_says_so() -> None:
    read = read_plain("1.30")
    assert isinstance(read, Ambiguity)
    assert "1.3 and loses digits" in read.reason
    assert '"1.30"' in read.instead
