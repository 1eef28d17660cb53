"""Cases of the rules about global datastores."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    Given,
    given,
    having,
    in_region,
    lacking,
    together,
    without,
)


def _group(name: str, region: str, **changes: Any) -> Given:
    return given(
        name,
        "aws:elasticache/replicationGroup:ReplicationGroup",
        {
            "replicationGroupId": name,
            "snapshotRetentionLimit": 35,
            "multiAzEnabled": True,
            "automaticFailoverEnabled": True,
            "userGroupIds": ["services"],
            "tags": {"DataClassification": "phi"},
            **changes,
        },
        outputs={"id": name},
        region=region,
    )


_DATASTORE = given(
    "global",
    "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup",
    {"primaryReplicationGroupId": "primary"},
    outputs={"globalReplicationGroupId": "ldgnf-phoenix"},
    depends={"primaryReplicationGroupId": ["primary"]},
    region="us-east-1",
)
_PRIMARY = _group("primary", "us-east-1")
_SECONDARY = _group("secondary", "us-west-2", globalReplicationGroupId="ldgnf-phoenix")

CASES = [
    Cases(
        rule="elasticache-global-datastore-secondary",
        compliant=[_DATASTORE, _PRIMARY, _SECONDARY],
        fails={
            "the secondary left": together(
                having("globalReplicationGroupId", "other", on="secondary")
            ),
            "PHI in one region": together(
                without("global"), lacking("globalReplicationGroupId", on="secondary")
            ),
        },
        unknown={
            "seen alone": without("secondary"),
            "twice at home, seen alone": in_region("us-east-1", on="secondary"),
            "membership unknown": having("globalReplicationGroupId", UNKNOWN, on="secondary"),
        },
    ),
    Cases(
        rule="elasticache-dr-parity",
        compliant=[_DATASTORE, _PRIMARY, _SECONDARY],
        passes={"no member": having("globalReplicationGroupId", "other", on="secondary")},
        fails={
            "backups": having("snapshotRetentionLimit", 1, on="secondary"),
            "zones": having("multiAzEnabled", False, on="secondary"),
            "authentication": lacking("userGroupIds", on="secondary"),
        },
        unknown={
            "a setting unknown": having("multiAzEnabled", UNKNOWN, on="secondary"),
            "users unknown": having("userGroupIds", UNKNOWN, on="secondary"),
        },
    ),
]
