"""Storage classes that encrypt, and claims that name one."""

from __future__ import annotations

from typing import Final

from phoenix_policies.predicates.pods import object_name, same
from phoenix_policies.resource import Resource
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Truth, some
from phoenix_policies.values import Value

STORAGE_CLASS: Final = "kubernetes:storage.k8s.io/v1:StorageClass"
SITE_CLASSES: Final = ("standard-encrypted", "shared-encrypted")
"""Classes that a hospital's own cluster promises to encrypt (A7.8)."""
EBS: Final = ("ebs.csi.aws.com", "kubernetes.io/aws-ebs", "ebs.csi.eks.amazonaws.com")
EFS: Final = "efs.csi.aws.com"


def encrypts(one: Resource) -> Truth:
    """A class whose EBS volumes carry a customer managed key, or whose EFS mounts use TLS."""
    provisioner, parameters = one["provisioner"], one["parameters"]
    block = provisioner.equals(*EBS)
    tls = one["mountOptions"].contains("tls") | parameters["provisioningMode"].equals("efs-ap")
    return (
        (block & parameters["encrypted"].is_true & parameters["kmsKeyId"].is_set)
        | (provisioner.equals(EFS) & tls)
        | ~provisioner.equals(*EBS, EFS)
    )


def class_encrypts(name: Value, stack: Stack) -> Truth:
    """Whether the named class is declared and encrypts, or belongs to a site that promises it."""
    declared = (same(object_name(one), name) & encrypts(one) for one in stack.of(STORAGE_CLASS))
    return name.equals(*SITE_CLASSES) | (name.is_set & some(declared))
