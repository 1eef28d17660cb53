"""What one catalogue entry becomes: confined, drainable, spread, monitored and delivered step by step."""

from collections.abc import Mapping
from typing import Any

from phoenix_infra.preview import Graph
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.catalogue import AGENTS, SERVICES
from phoenix_infra.workloads.namespaces import NAMESPACES
from phoenix_infra.workloads.scaling import scaling_of
from phoenix_infra.workloads.spec import Delivery

OURS = {space.name for space in NAMESPACES}


def many(value: Any) -> list[Any]:
    """A list that a manifest may leave out."""
    return value or []


def fields(value: Any) -> dict[str, Any]:
    """A mapping that a manifest may leave out."""
    return value or {}


def _objects(graph: Graph, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for node in graph.resources:
        if node.kind == "custom" and node.type.rpartition(":")[2] == kind:
            inputs: Any = node.inputs
            if inputs["metadata"].get("namespace") in OURS:
                found[inputs["metadata"]["name"]] = inputs
    return found


def _templates(graph: Graph) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for kind in ("Deployment", "DaemonSet", "Job", "CronJob"):
        for name, item in _objects(graph, kind).items():
            if kind in {"Deployment", "DaemonSet"} and name not in {
                unit.name for unit in (*SERVICES, *AGENTS)
            }:
                continue
            spec = item["spec"]["jobTemplate"]["spec"] if kind == "CronJob" else item["spec"]
            if item["metadata"]["labels"].get("app.kubernetes.io/component") in {
                "service",
                "agent",
                "job",
            }:
                found[f"{kind} {name}"] = spec["template"]
    return found


def test_every_container_is_confined_whatever_the_settings_say(application: Graph) -> None:
    templates = _templates(application)
    assert len(templates) >= 15
    for name, template in templates.items():
        pod = template["spec"]
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")), name
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["runAsNonRoot"] is True, name
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["readOnlyRootFilesystem"] is True, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
            assert "@sha256:" in container["image"], name
            assert {"cpu", "memory"} <= set(container["resources"]["requests"]), name
            assert "memory" in container["resources"]["limits"], name
            assert any(item["mountPath"] == "/tmp" for item in container["volumeMounts"]), name


def test_only_the_agent_sees_the_host_and_only_to_read_it(application: Graph) -> None:
    for name, template in _templates(application).items():
        paths = [item for item in many(template["spec"].get("volumes")) if "hostPath" in item]
        assert bool(paths) is (name == "DaemonSet siem-agent"), name
        for container in template["spec"]["containers"]:
            for item in container["volumeMounts"]:
                assert not item["mountPath"].startswith("/host") or item["readOnly"] is True


def test_services_have_all_three_probes_and_spread_over_zones(application: Graph) -> None:
    for name, template in _templates(application).items():
        if not name.startswith("Deployment"):
            continue
        (container,) = template["spec"]["containers"]
        assert {"livenessProbe", "readinessProbe", "startupProbe"} <= set(container), name
        hard = {
            item["topologyKey"]: item["whenUnsatisfiable"]
            for item in template["spec"]["topologySpreadConstraints"]
        }
        assert hard == {
            "topology.kubernetes.io/zone": "DoNotSchedule",
            "kubernetes.io/hostname": "ScheduleAnyway",
        }, name


def test_every_budget_lets_a_node_drain(application: Graph, settings: GuardianSettings) -> None:
    budgets = _objects(application, "PodDisruptionBudget")
    for spec in SERVICES:
        budget = budgets[spec.name]["spec"]
        minimum = scaling_of(spec, settings).minimum
        allowed = budget.get("maxUnavailable") or minimum - budget["minAvailable"]
        assert allowed >= 1, spec.name


def test_jobs_end_alone_and_within_bounds(application: Graph) -> None:
    cron_jobs, jobs = _objects(application, "CronJob"), _objects(application, "Job")
    assert {"database-dump", "database-restore-test"} & set(cron_jobs)
    for name, item in cron_jobs.items():
        assert item["spec"]["concurrencyPolicy"] == "Forbid", name
        assert item["spec"]["startingDeadlineSeconds"] > 0, name
        assert item["spec"]["failedJobsHistoryLimit"] > 0, name
    specs = [item["spec"] for name, item in jobs.items() if "vault" not in name]
    specs += [item["spec"]["jobTemplate"]["spec"] for item in cron_jobs.values()]
    for spec in specs:
        assert spec["activeDeadlineSeconds"] > 0
        assert spec["ttlSecondsAfterFinished"] > 0
        annotations = fields(spec["template"]["metadata"].get("annotations"))
        if "vault.hashicorp.com/agent-inject" in annotations:
            assert annotations["vault.hashicorp.com/agent-pre-populate-only"] == "true"


def test_secrets_come_as_files_from_vault_and_never_as_variables(application: Graph) -> None:
    for name, template in _templates(application).items():
        for container in template["spec"]["containers"]:
            assert not container.get("env"), name
            assert all("secretRef" not in source for source in container["envFrom"]), name


def test_progressive_services_roll_back_on_the_documents_triggers(application: Graph) -> None:
    canaries = _objects(application, "Canary")
    assert set(canaries) == {
        spec.name for spec in SERVICES if spec.delivery is Delivery.PROGRESSIVE
    }
    for canary in canaries.values():
        analysis = canary["spec"]["analysis"]
        assert (analysis["interval"], analysis["threshold"]) == ("1m", 5)
        assert (analysis["maxWeight"], analysis["stepWeight"]) == (50, 10)
        bounds = {item["name"]: item["thresholdRange"] for item in analysis["metrics"]}
        assert bounds == {
            "success-rate": {"min": 99},
            "latency-p95": {"max": 500},
            "error-rate": {"max": 5},
            "restarts": {"max": 10},
        }
