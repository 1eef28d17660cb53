"""Computed values of AWS resources: what was taught, and rules for everything else."""

import re
import sys
from collections.abc import Mapping

from phoenix_infra.preview.values.aws_data import DATA
from phoenix_infra.preview.values.aws_edge import EDGE
from phoenix_infra.preview.values.aws_identity import IDENTITY
from phoenix_infra.preview.values.aws_network import NETWORK
from phoenix_infra.preview.values.aws_operations import OPERATIONS
from phoenix_infra.preview.values.facts import Computed, Facts, Subject, Taught, fill
from phoenix_infra.preview.wire import Value, reveal

TABLE: Mapping[str, Taught] = {**NETWORK, **DATA, **EDGE, **IDENTITY, **OPERATIONS}
_UNTAUGHT = Taught()

_SERVICES = {
    "vpc": "ec2",
    "ec2transitgateway": "ec2",
    "lb": "elasticloadbalancing",
    "alb": "elasticloadbalancing",
    "cfg": "config",
    "cloudwatch": "cloudwatch",
    "msk": "kafka",
    "efs": "elasticfilesystem",
    "sfn": "states",
}
"""Where the provider's module is not the service's name in ARNs."""
_PYTHON_MODULES = {"lambda": "lambda_"}
_EC2_LIKE = ("ec2", "vpc", "ec2transitgateway")


def compute_aws(subject: Subject) -> Computed:
    """The id and computed outputs of an AWS resource."""
    taught = TABLE.get(subject.type, _UNTAUGHT)
    module, _, class_name = subject.type.removeprefix("aws:").replace("/", ":").split(":")
    outputs: dict[str, Value] = {}

    name_property = taught.name or ("name" if _has(module, class_name, "name") else "")
    name = _physical_name(subject, name_property)
    if name_property and name_property not in subject.inputs:
        outputs[name_property] = name

    facts = Facts(subject, name=name)
    # An id may be the ARN, and an ARN may end in the id.
    if taught.id == "{arn}":
        arn = _arn(taught, facts, module, class_name)
        resource_id = facts["id"] = arn
    else:
        resource_id = facts["id"] = _id(taught, facts, module, class_name, name_property)
        arn = _arn(taught, facts, module, class_name)
    facts["arn"] = arn
    if _has(module, class_name, "arn"):
        outputs["arn"] = arn
    if _has(module, class_name, "tags_all"):
        outputs["tagsAll"] = reveal(subject.inputs.get("tags")) or {}
    if _has(module, class_name, "region"):
        outputs["region"] = subject.place.region
    for account_property, attribute in (("ownerId", "owner_id"), ("accountId", "account_id")):
        if _has(module, class_name, attribute):
            outputs[account_property] = subject.place.account
    for key, template in taught.outputs.items():
        try:
            outputs[key] = fill(template, facts)
        except KeyError:
            continue  # an input it is made of is not there: the output stays visibly unknown
    return Computed(id=resource_id, outputs=outputs)


def _physical_name(subject: Subject, name_property: str) -> str:
    if name_property and (given := subject.text(name_property)):
        return given
    prefix = subject.text(f"{name_property}Prefix") if name_property else ""
    return f"{prefix or subject.name + '-'}{subject.digest(7)}"


def _id(taught: Taught, facts: Facts, module: str, class_name: str, name_property: str) -> str:
    if taught.id:
        try:
            return str(fill(taught.id, facts))
        except KeyError:
            return f"{_kebab(class_name)}-{facts['hex17']}"
    if module in _EC2_LIKE:
        return f"{_kebab(class_name)}-{facts['hex17']}"
    if name_property:
        return str(facts["name"])
    return f"{facts['logical']}-{facts['hex8']}"


def _arn(taught: Taught, facts: Facts, module: str, class_name: str) -> str:
    template = taught.arn or (
        f"arn:aws:{_SERVICES.get(module, module)}:{{region}}:{{account}}:{_kebab(class_name)}/"
        + ("{name}" if taught.id == "{arn}" else "{id}")
    )
    return str(fill(template, facts))


def _has(module: str, class_name: str, attribute: str) -> bool:
    """Whether the SDK's class has such an output; yes when the class was never imported."""
    python_module = sys.modules.get(f"pulumi_aws.{_PYTHON_MODULES.get(module, module)}")
    resource_class = getattr(python_module, class_name, None)
    return resource_class is None or hasattr(resource_class, attribute)


def _kebab(class_name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", class_name).lower()
