"""The sections that each kind of stack reads from its file."""

from collections.abc import Mapping

from phoenix_infra.settings.models import (
    BootstrapSettings,
    OnPremSettings,
    PrimarySettings,
    RecoverySettings,
)

AnySettings = PrimarySettings | RecoverySettings | OnPremSettings | BootstrapSettings

SETTINGS_CLASSES: Mapping[str, type[AnySettings]] = {
    "primary": PrimarySettings,
    "recovery": RecoverySettings,
    "on-prem": OnPremSettings,
    "bootstrap": BootstrapSettings,
}
"""Settings class by `stack.kind`."""

SECTION_NAMES: tuple[str, ...] = tuple(
    dict.fromkeys(name for cls in SETTINGS_CLASSES.values() for name in cls.model_fields)
)
"""Every section that some kind of stack knows."""
