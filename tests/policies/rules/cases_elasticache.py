"""Cases of the cache rules."""

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    adding,
    alone,
    given,
    having,
    lacking,
    of_type,
    together,
)

_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
_CLUSTER = "aws:elasticache/cluster:Cluster"
_USER = "aws:elasticache/user:User"
_CACHE = given(
    "sessions",
    _GROUP,
    {
        "engine": "redis",
        "atRestEncryptionEnabled": True,
        "kmsKeyId": "arn:aws:kms:us-east-1:481516234299:key/data",
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "userGroupIds": ["services"],
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "numCacheClusters": 3,
        "snapshotRetentionLimit": 35,
        "autoMinorVersionUpgrade": True,
        "subnetGroupName": "data",
        "securityGroupIds": ["sg-1"],
        "logDeliveryConfigurations": [
            {"logType": kind, "destinationType": "cloudwatch-logs", "destination": "/cache"}
            for kind in ("slow-log", "engine-log")
        ],
    },
)
_NODE = given("node", _CLUSTER, {"engine": "redis", "replicationGroupId": "sessions"})

CASES = [
    Cases(
        rule="elasticache-at-rest-encryption",
        compliant=[_CACHE],
        passes={
            "inherited in a global datastore": together(
                lacking("atRestEncryptionEnabled"), having("globalReplicationGroupId", "global")
            ),
            "every serverless cache": adding(
                given("serverless", "aws:elasticache/serverlessCache:ServerlessCache", {})
            ),
        },
        fails={
            "off": having("atRestEncryptionEnabled", False),
            "AWS's default": lacking("atRestEncryptionEnabled"),
            "off in a global datastore": together(
                having("atRestEncryptionEnabled", False),
                having("globalReplicationGroupId", "global"),
            ),
        },
        unknown={"unknown": having("atRestEncryptionEnabled", UNKNOWN)},
    ),
    Cases(
        rule="elasticache-cmk",
        compliant=[_CACHE],
        fails={"AWS's key": lacking("kmsKeyId")},
        unknown={"unknown": having("kmsKeyId", UNKNOWN)},
    ),
    Cases(
        rule="elasticache-in-transit-encryption",
        compliant=[_CACHE],
        passes={
            "inherited in a global datastore": together(
                lacking("transitEncryptionEnabled"), having("globalReplicationGroupId", "global")
            ),
            "a node of a group": adding(_NODE),
        },
        fails={
            "off": having("transitEncryptionEnabled", False),
            "AWS's default": lacking("transitEncryptionEnabled"),
            "a lone node": alone(given("lone", _CLUSTER, {"engine": "redis"})),
        },
        unknown={"unknown": having("transitEncryptionEnabled", UNKNOWN)},
    ),
    Cases(
        rule="elasticache-transit-mode-required",
        compliant=[_CACHE],
        passes={"AWS's default": lacking("transitEncryptionMode")},
        fails={"also clear text": having("transitEncryptionMode", "preferred")},
        unknown={"unknown": having("transitEncryptionMode", UNKNOWN)},
    ),
    Cases(
        rule="elasticache-auth",
        compliant=[_CACHE],
        passes={
            "a token": together(
                lacking("userGroupIds"), having("authToken", "a-very-long-token-42")
            )
        },
        fails={"nobody asks": lacking("userGroupIds"), "an empty list": having("userGroupIds", [])},
        unknown={"unknown": having("userGroupIds", UNKNOWN)},
    ),
    Cases(
        rule="elasticache-user-no-passwordless",
        compliant=[
            given(
                "service",
                _USER,
                {
                    "accessString": "on ~phoenix:* +@read +@write",
                    "authenticationMode": {"type": "iam"},
                },
            )
        ],
        passes={
            "the default user, switched off": together(
                having("accessString", "off ~* +@all"), having("noPasswordRequired", True)
            ),
            "every key, few commands": having("accessString", "on ~* +@read"),
        },
        fails={
            "no password": having("noPasswordRequired", True),
            "no password by mode": having("authenticationMode.type", "no-password-required"),
            "everything": having("accessString", "on ~* +@all"),
            "everything in words": having("accessString", "on allkeys allcommands"),
        },
        unknown={"unknown": having("authenticationMode", UNKNOWN)},
    ),
    Cases(
        rule="elasticache-multi-az",
        compliant=[_CACHE],
        passes={
            "replicas of shards": together(
                lacking("numCacheClusters"), having("replicasPerNodeGroup", 1)
            )
        },
        fails={
            "no failover": having("automaticFailoverEnabled", False),
            "one zone": lacking("multiAzEnabled"),
            "one node": having("numCacheClusters", 1),
        },
        unknown={"unknown": having("multiAzEnabled", UNKNOWN)},
    ),
    Cases(
        rule="elasticache-backup-retention",
        compliant=[_CACHE],
        passes={
            "a node of a group": adding(_NODE),
            "Memcached cannot": adding(given("m", _CLUSTER, {"engine": "memcached"})),
        },
        fails={
            "a day": having("snapshotRetentionLimit", 1),
            "none": lacking("snapshotRetentionLimit"),
        },
        unknown={"unknown": having("snapshotRetentionLimit", UNKNOWN)},
    ),
    Cases(
        rule="elasticache-auto-minor-upgrade",
        compliant=[_CACHE],
        passes={"AWS's default": lacking("autoMinorVersionUpgrade")},
        fails={
            "off": having("autoMinorVersionUpgrade", False),
            "the string false": together(
                of_type(_CLUSTER), having("autoMinorVersionUpgrade", "false")
            ),
        },
        unknown={"unknown": having("autoMinorVersionUpgrade", UNKNOWN)},
    ),
    Cases(
        rule="elasticache-custom-subnet-group",
        compliant=[_CACHE],
        passes={"a node of a group": adding(_NODE)},
        fails={
            "not said": lacking("subnetGroupName"),
            "AWS's own": having("subnetGroupName", "default"),
            "the default security group": lacking("securityGroupIds"),
        },
        unknown={"unknown": having("subnetGroupName", UNKNOWN)},
    ),
    Cases(
        rule="elasticache-log-delivery",
        compliant=[_CACHE],
        passes={"Memcached has none": adding(given("m", _CLUSTER, {"engine": "memcached"}))},
        fails={
            "none": lacking("logDeliveryConfigurations"),
            "no slow log": lacking("logDeliveryConfigurations.0"),
            "nowhere": lacking("logDeliveryConfigurations.1.destinationType"),
        },
        unknown={"unknown": having("logDeliveryConfigurations", UNKNOWN)},
    ),
    Cases(
        rule="elasticache-no-standalone-redis",
        compliant=[_NODE],
        passes={
            "Memcached": together(having("engine", "memcached"), lacking("replicationGroupId"))
        },
        fails={
            "Redis alone": lacking("replicationGroupId"),
            "Valkey alone": together(having("engine", "valkey"), lacking("replicationGroupId")),
        },
        unknown={"group unknown": having("replicationGroupId", UNKNOWN)},
    ),
]
