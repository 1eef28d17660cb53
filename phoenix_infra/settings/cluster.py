"""The EKS cluster of a region and its node groups."""

from typing import Annotated

from pydantic import Field

from phoenix_infra.settings.section import Cidr, RoleArn, Section


class NodeGroupSettings(Section, frozen=True):
    """Overrides of what the capacity tier says; each must pass the capacity check."""

    instance_type: str
    minimum: Annotated[int, Field(ge=0)] | None = None
    desired: Annotated[int, Field(ge=0)] | None = None
    maximum: Annotated[int, Field(ge=1)] | None = None
    root_volume_gib: Annotated[int, Field(ge=50)] = 100
    capacity_reservation_id: str | None = None
    """On-demand capacity reservation, an option for GPU nodes in the recovery region (A7.1)."""


class ClusterAccess(Section, frozen=True):
    """IAM principals behind the three access entries (X-77); each an ARN of a role."""

    admin_role_arns: tuple[RoleArn, ...] = ()
    operator_role_arns: tuple[RoleArn, ...] = ()
    auditor_role_arns: tuple[RoleArn, ...] = ()


class ClusterSettings(Section, frozen=True):
    """Control plane and nodes (G-010, G-011, G-037..G-039, X-02)."""

    kubernetes_version: Annotated[str, Field(pattern=r"^1\.\d{2}$")] = "1.35"
    control_plane_log_retention_days: Annotated[int, Field(ge=1)] = 2557
    service_cidr: Cidr = "172.20.0.0/16"
    general: NodeGroupSettings = NodeGroupSettings(instance_type="c5.4xlarge")
    gpu: NodeGroupSettings = NodeGroupSettings(instance_type="g4dn.2xlarge", root_volume_gib=200)
    access: ClusterAccess = ClusterAccess()
    administrator_session_cidrs: tuple[Cidr, ...] = ()
    """Nobody reaches the API from outside the VPC; operators come through SSM (A7.5)."""
