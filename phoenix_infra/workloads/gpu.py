"""The contract between GPU nodes and whatever runs on or watches them; plain data (X-25)."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class GpuNodeContract:
    """Label, taint and extended resource that node group, device plug-in, DCGM and pods share."""

    label_key: str
    label_value: str
    taint_key: str
    taint_value: str
    taint_effect: str
    """As Kubernetes writes it; EKS's API writes NO_SCHEDULE."""
    resource: str
    """Extended resource that the device plug-in offers and pods ask for."""

    @property
    def node_labels(self) -> dict[str, str]:
        """Labels of a GPU node, and the node selector of what runs there."""
        return {self.label_key: self.label_value}

    @property
    def eks_taint_effect(self) -> str:
        """The effect in the spelling of the EKS API."""
        return {
            "NoSchedule": "NO_SCHEDULE",
            "NoExecute": "NO_EXECUTE",
            "PreferNoSchedule": "PREFER_NO_SCHEDULE",
        }[self.taint_effect]


GPU_NODES = GpuNodeContract(
    label_key="nvidia.com/gpu.present",
    label_value="true",
    taint_key="nvidia.com/gpu",
    taint_value="present",
    taint_effect="NoSchedule",
    resource="nvidia.com/gpu",
)
