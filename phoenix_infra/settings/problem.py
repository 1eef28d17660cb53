"""One mistake in a stack's settings, told so that the reader knows what to write instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]
NAMESPACE = "phoenix"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong, which value it has, what is allowed and what to do."""

    setting: str
    """Path of the setting, for instance `phoenix:database.backup_retention_days`."""
    value: str
    """The value as it was written; empty when the setting is absent."""
    allowed: str
    remedy: str
    level: Level = "error"
    file: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """`Pulumi.production.yaml:12`, or nothing when the position is unknown."""
        if not self.file:
            return ""
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        """The message on one line."""
        prefix = f"{self.place}: " if self.place else ""
        written = f" is {self.value}" if self.value else ""
        return f"{prefix}{self.setting}{written}: {_sentence(self.allowed)} {_capital(_sentence(self.remedy))}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def setting_path(parts: Iterable[str | int]) -> str:
    """`("network", "peer_cidrs", 0)` is written `phoenix:network.peer_cidrs[0]`."""
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
    return f"{NAMESPACE}:{path}"


class SettingsError(ValueError):
    """All mistakes of a stack's settings at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StackFileError(SettingsError):
    """A stack file that the Pulumi CLI and a reader would understand differently."""
