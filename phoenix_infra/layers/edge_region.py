"""What must be in us-east-1 uses the member of our keys that is there."""

import pulumi

from phoenix_infra.layers.keys import Keys
from phoenix_infra.providers import EDGE_REGION, RegionalContext


def edge_logs_key(context: RegionalContext, keys: Keys) -> pulumi.Output[str]:
    """The logs key in us-east-1; only the primary stack, which owns both members, asks."""
    return keys.logs_arn if context.region == EDGE_REGION else keys.peer_logs_arn
