"""Cases of the rules about who reaches a database."""

from tests.policies.cases import UNKNOWN, Cases, given, having, lacking, of_type, together

_CLUSTER = "aws:rds/cluster:Cluster"
_INSTANCE = "aws:rds/instance:Instance"
_DATABASE = given(
    "database",
    _CLUSTER,
    {
        "masterUsername": "phoenix_owner",
        "masterPasswordWo": "from-a-random-password",
        "masterPasswordWoVersion": 1,
        "iamDatabaseAuthenticationEnabled": True,
    },
)

CASES = [
    Cases(
        rule="rds-not-public",
        compliant=[given("single", _INSTANCE, {"publiclyAccessible": False})],
        passes={"AWS's default": lacking("publiclyAccessible")},
        fails={
            "public": having("publiclyAccessible", True),
            "an Aurora instance": together(
                of_type("aws:rds/clusterInstance:ClusterInstance"),
                having("publiclyAccessible", True),
            ),
        },
        unknown={"unknown": having("publiclyAccessible", UNKNOWN)},
    ),
    Cases(
        rule="rds-iam-authentication",
        compliant=[_DATABASE],
        fails={
            "off": having("iamDatabaseAuthenticationEnabled", False),
            "AWS's default": lacking("iamDatabaseAuthenticationEnabled"),
        },
        unknown={"unknown": having("iamDatabaseAuthenticationEnabled", UNKNOWN)},
    ),
    Cases(
        rule="rds-managed-master-password",
        secret_is_compliant=("written in the program", "of an instance"),
        compliant=[_DATABASE],
        passes={
            "managed by AWS": together(
                lacking("masterPasswordWo"), having("manageMasterUserPassword", True)
            ),
            "a secondary has its primary's": together(
                lacking("masterPasswordWo"), having("globalClusterIdentifier", "global")
            ),
        },
        fails={
            "written in the program": having("masterPassword", "correct.horse.battery"),
            "of an instance": together(
                of_type(_INSTANCE), having("password", "correct.horse.battery")
            ),
            "nobody's": lacking("masterPasswordWo"),
        },
        unknown={
            "where it comes from is unknown": together(
                lacking("masterPasswordWo"), having("manageMasterUserPassword", UNKNOWN)
            )
        },
    ),
    Cases(
        rule="rds-non-default-admin",
        compliant=[_DATABASE],
        fails={
            "postgres": having("masterUsername", "postgres"),
            "in capitals": having("masterUsername", "Admin"),
            "of an instance": together(of_type(_INSTANCE), having("username", "root")),
        },
        unknown={"unknown": having("masterUsername", UNKNOWN)},
    ),
]
