"""The children that pulumi_eks 4.4's own provider registers for a Cluster stripped to its control plane.

Source: pulumi-eks nodejs/eks/cluster/cluster.ts (createCore), and what its provider did under the real engine.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from phoenix_infra.preview.errors import PreviewError
from phoenix_infra.preview.graph import Kind
from phoenix_infra.preview.registration import Registration
from phoenix_infra.preview.wire import (
    RESOURCE,
    SIGNATURE,
    UNKNOWN,
    Value,
    has_unknown,
    is_reference,
    reference,
    reveal,
)

TYPE = "eks:index:Cluster"

_REQUIRED = {
    "skipDefaultNodeGroup": True,
    "skipDefaultSecurityGroups": True,
    "useDefaultVpcCni": True,
    "createInstanceRole": False,
}
_DISABLED_ADDONS = ("kubeProxyAddonOptions", "corednsAddonOptions")
_PASSED = ("name", "version", "enabledClusterLogTypes", "deletionProtection", "upgradePolicy")
_ENDPOINT = ("endpointPrivateAccess", "endpointPublicAccess", "publicAccessCidrs")
_SUBNETS = ("subnetIds", "publicSubnetIds", "privateSubnetIds")
_OTHER = (
    "vpcId",
    "bootstrapSelfManagedAddons",
    "authenticationMode",
    "encryptionConfigKeyArn",
    "serviceRole",
    "tags",
    "clusterTags",
)
_MODELLED = {*_REQUIRED, *_DISABLED_ADDONS, *_PASSED, *_ENDPOINT, *_SUBNETS, *_OTHER}
_IGNORED_CHANGES = [
    "accessConfig.bootstrapClusterCreatorAdminPermissions",
    "bootstrapSelfManagedAddons",
]
_EMPTY_OUTPUTS = (
    "clusterSecurityGroupId",
    "nodeSecurityGroupId",
    "clusterIngressRuleId",
    "defaultNodeGroupAsgName",
    "fargateProfileId",
    "fargateProfileStatus",
    "oidcProviderArn",
    "oidcProviderUrl",
    "oidcIssuer",
    "autoModeNodeRoleName",
)


class Recorder(Protocol):
    """What the expansion needs of the monitor."""

    registrations: dict[str, Registration]

    def make_urn(self, parent: str, type_: str, name: str) -> str: ...

    def add_child(self, resource: Registration) -> None: ...


def expand(
    recorder: Recorder, component: Registration, providers: Mapping[str, str]
) -> dict[str, Value]:
    """Registers the two children and answers the component's outputs."""
    _check(component)
    inputs = component.inputs
    cluster = _child(recorder, component, "aws:eks/cluster:Cluster", "eksCluster")
    cluster.provider = providers.get("aws", "")
    cluster.inputs = _cluster_inputs(recorder, component)
    cluster.property_dependencies = _cluster_dependencies(component, list(cluster.inputs))
    cluster.dependencies = sorted({u for d in cluster.property_dependencies.values() for u in d})
    cluster.options["ignoreChanges"] = list(_IGNORED_CHANGES)
    recorder.add_child(cluster)

    provider = _child(recorder, component, "pulumi:providers:kubernetes", "eks-k8s")
    kubeconfig = _kubeconfig(cluster)
    provider.inputs = {"kubeconfig": kubeconfig}
    provider.property_dependencies = {"kubeconfig": [cluster.urn]}
    provider.dependencies = [cluster.urn]
    recorder.add_child(provider)

    cluster_reference = reference(cluster.urn, cluster.id)
    known = not has_unknown(kubeconfig)
    return {
        "kubeconfigJson": kubeconfig,
        "kubeconfig": json.loads(cast(str, kubeconfig)) if known else UNKNOWN,
        "eksCluster": cluster_reference,
        "instanceRoles": [],
        "core": {
            "cluster": cluster_reference,
            "endpoint": cluster.outputs.get("endpoint", UNKNOWN),
            "provider": reference(provider.urn, provider.id),
            "vpcId": inputs.get("vpcId", UNKNOWN),
            "subnetIds": _subnet_ids(inputs),
        },
        **dict.fromkeys(_EMPTY_OUTPUTS, ""),
    }


def _check(component: Registration) -> None:
    inputs = component.inputs
    for key, needed in _REQUIRED.items():
        if inputs.get(key) is not needed:
            raise _refusal(component, f"{key} must be {needed}")
    for key in _DISABLED_ADDONS:
        options = inputs.get(key)
        if (
            not isinstance(options, dict)
            or cast(dict[str, Value], options).get("enabled") is not False
        ):
            raise _refusal(component, f"{key}.enabled must be False")
    if unmodelled := sorted(set(inputs) - _MODELLED):
        raise _refusal(component, f"the recorder does not model {', '.join(unmodelled)}")
    if "serviceRole" not in inputs:
        raise _refusal(component, "serviceRole must be a role of the program")


def _refusal(component: Registration, reason: str) -> PreviewError:
    return PreviewError(
        f"{component.type} {component.name}: {reason}; otherwise pulumi_eks registers children "
        "that no preview shows and no policy judges"
    )


def _child(recorder: Recorder, component: Registration, type_: str, suffix: str) -> Registration:
    name = f"{component.name}-{suffix}"
    return Registration(
        urn=recorder.make_urn(component.urn, type_, name),
        type=type_,
        name=name,
        parent=component.urn,
        kind=Kind.CUSTOM,
        inputs={},
    )


def _cluster_inputs(recorder: Recorder, component: Registration) -> dict[str, Value]:
    given = component.inputs
    inputs: dict[str, Value] = {key: given[key] for key in _PASSED if key in given}
    tags = {"Name": f"{component.name}-eksCluster"}
    for key in ("clusterTags", "tags"):
        tags |= cast(dict[str, str], reveal(given.get(key)) or {})
    inputs |= {
        "roleArn": _role_arn(recorder, given["serviceRole"]),
        "bootstrapSelfManagedAddons": given.get("bootstrapSelfManagedAddons", True),
        "vpcConfig": {
            "subnetIds": _subnet_ids(given),
            **{key: given[key] for key in _ENDPOINT if key in given},
        },
        "tags": tags,
        "accessConfig": {
            "authenticationMode": given.get("authenticationMode", "CONFIG_MAP"),
            "bootstrapClusterCreatorAdminPermissions": True,
        },
    }
    if (key_arn := given.get("encryptionConfigKeyArn")) is not None:
        inputs["encryptionConfig"] = (
            UNKNOWN
            if has_unknown(key_arn)
            else {"provider": {"keyArn": key_arn}, "resources": ["secrets"]}
        )
    return {key: inputs[key] for key in sorted(inputs)}


def _role_arn(recorder: Recorder, role: Value) -> Value:
    if not is_reference(role):
        return UNKNOWN
    registered = recorder.registrations.get(cast(dict[str, str], role)["urn"])
    return registered.outputs.get("arn", UNKNOWN) if registered else UNKNOWN


def _cluster_dependencies(component: Registration, keys: list[str]) -> dict[str, Sequence[str]]:
    given = component.property_dependencies
    role = component.inputs["serviceRole"]
    dependencies: dict[str, Sequence[str]] = {key: [] for key in keys}
    dependencies["roleArn"] = (
        [role["urn"]]
        if isinstance(role, dict) and cast(dict[str, str], role).get(SIGNATURE) == RESOURCE
        else sorted(given.get("serviceRole", ()))
    )
    dependencies["vpcConfig"] = sorted({urn for key in _SUBNETS for urn in given.get(key, ())})
    if "encryptionConfig" in dependencies:
        dependencies["encryptionConfig"] = sorted(given.get("encryptionConfigKeyArn", ()))
    return dependencies


def _subnet_ids(inputs: Mapping[str, Value]) -> Value:
    if "subnetIds" in inputs:
        subnets = inputs["subnetIds"]
    else:
        public, private = inputs.get("publicSubnetIds", []), inputs.get("privateSubnetIds", [])
        if has_unknown(public) or has_unknown(private):
            return UNKNOWN
        subnets = [*cast(list[Value], public), *cast(list[Value], private)]
    return UNKNOWN if has_unknown(subnets) else subnets


def _kubeconfig(cluster: Registration) -> Value:
    """An exec-plugin kubeconfig, as pulumi_eks writes it; unknown while the endpoint is."""
    endpoint = cluster.outputs.get("endpoint", UNKNOWN)
    authority = cast(dict[str, Value], cluster.outputs.get("certificateAuthority") or {})
    name = cluster.outputs.get("name", UNKNOWN)
    if has_unknown([endpoint, name]) or "data" not in authority:
        return UNKNOWN
    return json.dumps(
        {
            "apiVersion": "v1",
            "clusters": [
                {
                    "cluster": {
                        "server": endpoint,
                        "certificate-authority-data": authority["data"],
                    },
                    "name": "kubernetes",
                }
            ],
            "contexts": [{"context": {"cluster": "kubernetes", "user": "aws"}, "name": "aws"}],
            "current-context": "aws",
            "kind": "Config",
            "users": [
                {
                    "name": "aws",
                    "user": {
                        "exec": {
                            "apiVersion": "client.authentication.k8s.io/v1beta1",
                            "args": [
                                "eks",
                                "get-token",
                                "--cluster-name",
                                name,
                                "--output",
                                "json",
                            ],
                            "command": "aws",
                        }
                    },
                }
            ],
        },
        separators=(",", ":"),
    )
