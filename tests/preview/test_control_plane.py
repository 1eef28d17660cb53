"""eks.Cluster is expanded into the children that its real provider registers."""

import json
from typing import cast

import pulumi
import pytest
from program import ACCOUNT, control_plane, in_cluster

from phoenix_infra.preview import Mode, PreviewError, record_program, unknown_inputs

CLUSTER = "aws:eks/cluster:Cluster"


def _without_creator_admin(
    args: pulumi.ResourceTransformArgs,
) -> pulumi.ResourceTransformResult | None:
    if args.type_ != CLUSTER:
        return None
    given = cast(dict[str, object], args.props["accessConfig"])
    access = {**given, "bootstrapClusterCreatorAdminPermissions": False}
    return pulumi.ResourceTransformResult({**args.props, "accessConfig": access}, args.opts)


def test_exactly_two_children_remain():
    graph = record_program(control_plane)
    (component,) = graph.of_type("eks:index:Cluster")
    assert [(n.type, n.name) for n in graph.children(component.urn)] == [
        (CLUSTER, "phoenix-eksCluster"),
        ("pulumi:providers:kubernetes", "phoenix-eks-k8s"),
    ]


def test_the_control_plane_has_the_inputs_its_provider_would_pass():
    cluster = record_program(control_plane).named(CLUSTER, "phoenix-eksCluster")
    assert cluster.region == "eu-west-1"
    assert cluster.inputs["version"] == "1.35"
    assert cluster.inputs["roleArn"].startswith(f"arn:aws:iam::{ACCOUNT}:role/eks-control-plane")
    assert cluster.inputs["bootstrapSelfManagedAddons"] is False
    assert cluster.inputs["vpcConfig"]["endpointPublicAccess"] is False
    assert cluster.inputs["vpcConfig"]["endpointPrivateAccess"] is True
    assert cluster.inputs["vpcConfig"]["subnetIds"][0].startswith("subnet-")
    assert cluster.inputs["encryptionConfig"]["resources"] == ["secrets"]
    assert cluster.inputs["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": True,
    }
    assert cluster.inputs["tags"] == {"Name": "phoenix-eksCluster", "Owner": "platform"}
    assert [urn.rsplit("::", 1)[1] for urn in cluster.property_dependencies["vpcConfig"]] == [
        "private"
    ]
    assert [
        urn.rsplit("::", 1)[1] for urn in cluster.property_dependencies["encryptionConfig"]
    ] == ["secrets"]


def test_a_transform_turns_the_creator_s_admin_access_off():
    graph = record_program(lambda: control_plane(_without_creator_admin))
    access = graph.named(CLUSTER, "phoenix-eksCluster").inputs["accessConfig"]
    assert access["bootstrapClusterCreatorAdminPermissions"] is False


def test_the_cluster_s_outputs_lead_into_the_cluster():
    def program() -> None:
        cluster = control_plane()
        in_cluster(cluster.kubeconfig_json)
        pulumi.export("endpoint", cluster.eks_cluster.endpoint)
        pulumi.export("name", cluster.eks_cluster.name)

    graph = record_program(program)
    assert unknown_inputs(graph) == []
    assert graph.exports["endpoint"].endswith(".gr7.eu-west-1.eks.amazonaws.com")
    kubeconfig = json.loads(
        graph.named("pulumi:providers:kubernetes", "cluster").inputs["kubeconfig"]
    )
    assert kubeconfig["clusters"][0]["cluster"]["server"] == graph.exports["endpoint"]
    assert graph.exports["name"] in kubeconfig["users"][0]["user"]["exec"]["args"]


def test_at_a_first_preview_kubeconfig_and_what_lies_behind_it_are_unknown():
    graph = record_program(lambda: in_cluster(control_plane().kubeconfig_json), mode=Mode.UNKNOWN)
    assert graph.of_type("kubernetes:core/v1:Namespace")[0].outputs == {}
    paths = {f.path for f in unknown_inputs(graph) if f.type == CLUSTER}
    assert paths == {"roleArn", "vpcConfig.subnetIds", "encryptionConfig"}


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("skip_default_node_group", False, "skipDefaultNodeGroup must be True"),
        ("skip_default_security_groups", None, "skipDefaultSecurityGroups must be True"),
        ("use_default_vpc_cni", False, "useDefaultVpcCni must be True"),
        ("coredns_addon_options", None, "corednsAddonOptions.enabled must be False"),
        ("create_oidc_provider", True, "does not model createOidcProvider"),
        ("service_role", None, "serviceRole must be a role"),
    ],
)
def test_an_argument_that_would_bring_unseen_children_is_refused(
    argument: str, value: object, message: str
):
    with pytest.raises(PreviewError, match=f"eks:index:Cluster phoenix: .*{message}"):
        record_program(lambda: control_plane(None, **{argument: value}))
