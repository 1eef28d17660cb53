"""The program: settings in, outputs out; each kind of stack has a file that reads from top to bottom."""

from phoenix_infra.layers.bootstrap import build_bootstrap
from phoenix_infra.outputs import StackOutputs
from phoenix_infra.settings.models import (
    BootstrapSettings,
    OnPremSettings,
    PrimarySettings,
    RecoverySettings,
)
from phoenix_infra.stacks.region import build_region
from phoenix_infra.stacks.site import build_site


def build(
    settings: PrimarySettings | RecoverySettings | OnPremSettings | BootstrapSettings,
) -> StackOutputs:
    """Declares everything that the settings describe."""
    if isinstance(settings, OnPremSettings):
        return build_site(settings)
    if isinstance(settings, BootstrapSettings):
        return build_bootstrap(settings)
    return build_region(settings)
