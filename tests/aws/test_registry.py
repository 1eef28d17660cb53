"""Images: what was pushed stays what it is, in both regions; and the models' file system."""

from typing import Any, Protocol

from phoenix_infra.workloads.catalogue import image_names

REPOSITORY = "aws:ecr/repository:Repository"
TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"


class Reading(Protocol):
    """What the fixtures give."""

    def of(self, token: str) -> Any: ...
    def only(self, token: str, name: str | None = None) -> Any: ...
    def inputs(self, token: str, name: str | None = None) -> dict[str, Any]: ...


def test_every_image_of_the_release_has_a_repository(production: Reading) -> None:
    names = {n.inputs["name"] for n in production.of(REPOSITORY)}
    assert names == {f"phoenix-guardian/{image}" for image in image_names()}


def test_tags_never_move_and_images_are_scanned_and_encrypted(production: Reading) -> None:
    for node in production.of(REPOSITORY):
        assert node.inputs["imageTagMutability"] == "IMMUTABLE"
        assert node.inputs["imageScanningConfiguration"]["scanOnPush"] is True
        assert node.inputs["encryptionConfigurations"][0]["encryptionType"] == "KMS"
        assert node.inputs["encryptionConfigurations"][0]["kmsKey"]
        assert node.options["protect"] is True


def test_replicas_are_made_with_the_same_protection(production: Reading) -> None:
    template = production.only(TEMPLATE)
    assert template.region == "us-west-2"
    assert template.inputs["appliedFors"] == ["REPLICATION"]
    assert template.inputs["imageTagMutability"] == "IMMUTABLE"
    assert template.inputs["encryptionConfigurations"][0]["kmsKey"]
    rule = production.inputs("aws:ecr/replicationConfiguration:ReplicationConfiguration")[
        "replicationConfiguration"
    ]["rules"][0]
    assert [d["region"] for d in rule["destinations"]] == ["us-west-2"]
    assert rule["repositoryFilters"][0]["filter"].startswith(template.inputs["prefix"])


def test_models_are_mounted_in_every_zone_through_one_access_point(region: Reading) -> None:
    assert len(region.of("aws:efs/mountTarget:MountTarget")) == 3
    system = region.only("aws:efs/fileSystem:FileSystem")
    assert system.inputs["encrypted"] is True
    assert system.inputs["kmsKeyId"]
    assert system.options["protect"] is True
    point = region.inputs("aws:efs/accessPoint:AccessPoint")
    assert point["posixUser"]["uid"] == point["rootDirectory"]["creationInfo"]["ownerUid"] == 1000


def test_the_models_cannot_be_mounted_without_tls(region: Reading) -> None:
    policy = str(region.inputs("aws:efs/fileSystemPolicy:FileSystemPolicy")["policy"])
    assert "aws:SecureTransport" in policy
    assert "elasticfilesystem:AccessPointArn" in policy
