"""Secrets on their way into containers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.pods import POD_TYPES, Container, pod_template
from phoenix_policies.predicates.secrets import holds_secret
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule
from phoenix_policies.truth import Clause
from phoenix_policies.values import Value

SECRECY: Final = ("164.308(a)(5)(ii)(D)", "164.312(a)(1)", "164.312(a)(2)(iv)", "164.312(d)")


def _containers(workload: Resource) -> list[Container]:
    template = pod_template(workload)
    return template.containers if template else []


@rule(
    "k8s-no-literal-secret-env",
    *POD_TYPES,
    hipaa=SECRECY,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.CRITICAL,
    remedy="Read the value from a file that Vault or a secret store mounts; never write it into env.",
    sources=("prowler:core_no_secrets_envs", "checkov:CKV_K8S_35"),
)
def no_literal_secret_env(workload: Resource) -> Iterable[Clause]:
    """Environment variables do not hold secrets."""
    for container in _containers(workload):
        for variable in container["env"].each():
            name, value = variable["name"], variable["value"]
            if value.is_missing:
                continue
            literal = value.satisfies(
                lambda v, key=name.text: isinstance(v, str) and holds_secret(key, v)
            )
            yield (~literal).otherwise(
                f"container {container.name} holds a literal secret in {name.shown}"
            )


@rule(
    "k8s-secrets-as-files",
    *POD_TYPES,
    hipaa=SECRECY,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Mount the secret as a file; variables leak into crash dumps and child processes.",
    sources=("prowler:core_no_secrets_envs", "checkov:CKV_K8S_35"),
)
def secrets_as_files(workload: Resource) -> Iterable[Clause]:
    """Secrets are mounted, not injected as variables."""
    for container in _containers(workload):
        for variable in container["env"].each():
            reads = variable["valueFrom"]["secretKeyRef"].is_set
            yield (~reads).otherwise(
                f"container {container.name} reads a secret into {variable['name'].shown}"
            )
        for source in container["envFrom"].each():
            yield (~source["secretRef"].is_set).otherwise(
                f"container {container.name} reads a whole secret into its environment"
            )


@rule(
    "k8s-configmap-no-secrets",
    "kubernetes:core/v1:ConfigMap",
    hipaa=SECRECY,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.CRITICAL,
    remedy="Keep the credential in Secrets Manager or Vault and name its path here.",
)
def configmap_no_secrets(config_map: Resource) -> Iterable[Clause]:
    """ConfigMaps hold no credentials."""
    for part in ("data", "binaryData"):
        for key, value in config_map[part].entries():
            literal = value.satisfies(
                lambda v, key=key: (
                    isinstance(v, str) and (holds_secret(key, v) or _nested_secret(v))
                )
            )
            yield (~literal).otherwise(f"{part}.{key} holds a credential")


_ASSIGNMENT: Final = re.compile(
    r"""^\s*["']?(?P<key>[\w.-]+)["']?\s*[:=]\s*["']?(?P<value>[^"'\n#]*)""", re.MULTILINE
)


def _nested_secret(text: str) -> bool:
    """INI, YAML, JSON or properties inside one value: each line or member judged by its own key."""
    for leaf in Value(text).parsed().leaves():
        member = re.sub(r"\[\d+\]$", "", leaf.path).rpartition(".")[2]
        if leaf.text and holds_secret(member, leaf.text):
            return True
    return any(
        holds_secret(match["key"].rpartition(".")[2], match["value"].strip().rstrip(","))
        for match in _ASSIGNMENT.finditer(text)
        if match["value"].strip().rstrip(",") not in {"", "{", "["}
    )


@rule(
    "k8s-secret-from-store",
    "kubernetes:core/v1:Secret",
    hipaa=SECRECY,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Let External Secrets or the Vault agent write the secret; the program states no literal.",
)
def secret_from_store(secret: Resource) -> Iterable[Clause]:
    """Secrets come from an external store."""
    minted = secret["type"].equals("kubernetes.io/service-account-token")
    yield (~minted).otherwise("a long-lived service account token is minted")
    for part in ("data", "stringData"):
        for key, value in secret[part].entries():
            if value.secret:
                continue
            plain = value.satisfies(lambda v: isinstance(v, str) and bool(v))
            yield (~plain).otherwise(f"{part}.{key} is a literal in the program")
    yield secret["immutable"].equals(None, True).otherwise("the secret is declared mutable")
