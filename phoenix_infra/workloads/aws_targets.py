"""The catalogue's AWS statements as policy statements, once a stack says what its resources are called."""

from collections.abc import Mapping, Sequence

import pulumi

from phoenix_infra.workloads.spec import AwsResource, AwsStatement


def policy_statements(
    statements: Sequence[AwsStatement], targets: Mapping[AwsResource, pulumi.Input[str]]
) -> list[dict[str, pulumi.Input[object]]]:
    """Exactly the actions and resources that an entry names; an unnamed resource is a mistake, not a wildcard."""
    found: list[dict[str, pulumi.Input[object]]] = []
    for statement in statements:
        resources: list[pulumi.Input[str]] = []
        for resource in statement.resources:
            if resource not in targets:
                raise KeyError(f"{statement.sid}: this stack has no {resource.value}")
            resources.append(targets[resource])
        found.append(
            {
                "Sid": statement.sid,
                "Effect": "Allow",
                "Action": list(statement.actions),
                "Resource": resources,
            }
        )
    return found
