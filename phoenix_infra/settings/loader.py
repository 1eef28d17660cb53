"""The only reader of Pulumi's configuration: from the config map of a stack to its settings."""

import json
import sys
from collections.abc import Mapping
from datetime import date
from typing import cast

from phoenix_infra.settings.checks import run_checks
from phoenix_infra.settings.models import SETTINGS
from phoenix_infra.settings.problem import NAMESPACE, Problem, SettingsError, setting_path
from phoenix_infra.settings.sections import AnySettings
from phoenix_infra.settings.validation import validate_sections

EXIT_BAD_SETTINGS = 2


class SettingsExit(SystemExit):
    """Ends the program with exit code 2 after the mistakes were printed; keeps them for a caller in process."""

    def __init__(self, error: SettingsError) -> None:
        super().__init__(EXIT_BAD_SETTINGS)
        self.error = error


def load() -> AnySettings:
    """The settings of the stack that runs; prints every mistake and exits with code 2 when there is one."""
    import pulumi

    try:
        return parse(_engine_config(), pulumi.get_stack())
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the engine shows what a program writes there
        raise SettingsExit(error) from None


def parse(config: Mapping[str, str], stack_name: str) -> AnySettings:
    """Settings from a config map; raises SettingsError with every mistake. Reads no clock: dates are `check_stack`'s."""
    settings, problems = judge(config, stack_name)
    errors = [problem for problem in problems if problem.level == "error"]
    if errors or settings is None:
        raise SettingsError(errors)
    return settings


def judge(
    config: Mapping[str, str], stack_name: str, *, as_of: date | None = None
) -> tuple[AnySettings | None, tuple[Problem, ...]]:
    """Every mistake and warning, and the settings when nothing is wrong with their shape."""
    raw, unreadable = _sections(config)
    validated = validate_sections(raw)
    known_bad = {problem.setting for problem in unreadable}
    problems = list(unreadable)
    problems.extend(p for p in validated.problems if p.setting not in known_bad)
    if validated.settings is None:
        return None, tuple(problems)
    reported = {problem.setting for problem in problems}
    across = run_checks(
        validated.settings, missing=validated.missing, stack_name=stack_name, as_of=as_of
    )
    problems.extend(problem for problem in across if problem.setting not in reported)
    if unreadable or validated.problems:
        return None, tuple(problems)
    settings = SETTINGS.validate_json(json.dumps(raw), strict=True)
    return settings, tuple(problems)


def _sections(config: Mapping[str, str]) -> tuple[dict[str, object], list[Problem]]:
    raw: dict[str, object] = {}
    problems: list[Problem] = []
    for key in sorted(config):
        namespace, _, name = key.partition(":")
        if namespace != NAMESPACE:
            continue
        try:
            value = json.loads(config[key])
        except ValueError:
            value = config[key]
        if not isinstance(value, dict):
            problems.append(
                Problem(
                    setting=setting_path((name,)),
                    value=json.dumps(value),
                    allowed="a section is an object of keys and values",
                    remedy=f"write the keys below {key} in the stack file",
                )
            )
            continue
        raw[name] = cast("dict[str, object]", value)
    return raw, problems


def _engine_config() -> dict[str, str]:
    """Every key the engine handed over: asking pulumi.Config by name would not see a misspelt section."""
    from pulumi.runtime import config as runtime_config

    return {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
