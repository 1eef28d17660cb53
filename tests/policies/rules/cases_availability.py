"""Cases of the rules on workloads that stay up."""

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    adding,
    given,
    having,
    lacking,
    of_type,
    together,
    without,
)
from tests.policies.rules.fixtures_pods import DEPLOYMENT, LABELS, METADATA, POD_PATH, SPEC

_STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
_HPA = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
_BUDGET = given(
    "budget",
    "kubernetes:policy/v1:PodDisruptionBudget",
    {"metadata": METADATA, "spec": {"maxUnavailable": 1, "selector": {"matchLabels": LABELS}}},
)
_SCALER = given(
    "scaler",
    _HPA,
    {
        "metadata": METADATA,
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "orders"},
            "minReplicas": 2,
            "maxReplicas": 6,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu"}}],
        },
    },
)
_KEDA = given(
    "keda",
    "kubernetes:keda.sh/v1alpha1:ScaledObject",
    {
        "metadata": METADATA,
        "spec": {"scaleTargetRef": {"name": "orders"}, "minReplicaCount": 2, "maxReplicaCount": 9},
    },
)
_SERVICE = given(
    "service",
    "kubernetes:core/v1:Service",
    {"metadata": METADATA, "spec": {"selector": LABELS, "ports": [{"port": 8080}]}},
)
_UNSCALED = lacking("spec.replicas")
_SPREAD = f"{POD_PATH}.topologySpreadConstraints"
_ANTI_AFFINITY = f"{POD_PATH}.affinity.podAntiAffinity"

CASES = [
    Cases(
        rule="k8s-min-replicas",
        compliant=[DEPLOYMENT],
        passes={
            "an autoscaler holds two": together(_UNSCALED, adding(_SCALER)),
            "a ScaledObject holds two": together(_UNSCALED, adding(_KEDA)),
            "one that an autoscaler raises": together(having("spec.replicas", 1), adding(_SCALER)),
            "one that waits for a failover": together(
                having("spec.replicas", 1),
                having(["metadata", "labels", "phoenix.health/standby-singleton"], "true"),
            ),
        },
        fails={
            "one": having("spec.replicas", 1),
            "none": having("spec.replicas", 0),
            "the default of one, and no autoscaler": _UNSCALED,
            "an autoscaler of another workload": together(
                _UNSCALED, adding(_SCALER), having("spec.scaleTargetRef.name", "bills", on="scaler")
            ),
            "an autoscaler in another namespace": together(
                _UNSCALED, adding(_SCALER), having("metadata.namespace", "billing", on="scaler")
            ),
            "an autoscaler that may go down to one": together(
                _UNSCALED, adding(_SCALER), having("spec.minReplicas", 1, on="scaler")
            ),
            "one pod of a StatefulSet": together(
                of_type(_STATEFUL_SET), having("spec.replicas", 1)
            ),
        },
        unknown={
            "number not known": having("spec.replicas", UNKNOWN),
            "whom the autoscaler means is not known": together(
                _UNSCALED,
                adding(_SCALER),
                having("spec.scaleTargetRef.name", UNKNOWN, on="scaler"),
            ),
            "the workload's own name is not known": together(
                _UNSCALED, adding(_SCALER), having("metadata.name", UNKNOWN)
            ),
        },
    ),
    Cases(
        rule="k8s-pdb-present",
        compliant=[DEPLOYMENT, _BUDGET],
        passes={
            "one pod needs none": together(without("budget"), having("spec.replicas", 1)),
            "selected by an expression": having(
                "spec.selector",
                {"matchExpressions": [{"key": next(iter(LABELS)), "operator": "Exists"}]},
                on="budget",
            ),
        },
        fails={
            "none": without("budget"),
            "of other pods": having(
                "spec.selector.matchLabels", {"phoenix.health/workload": "bills"}, on="budget"
            ),
            "in another namespace": having("metadata.namespace", "billing", on="budget"),
            "an autoscaler runs several": together(_UNSCALED, adding(_SCALER), without("budget")),
        },
        unknown={
            "its namespace is not known": having("metadata.namespace", UNKNOWN, on="budget"),
            "its selector is not known": having("spec.selector", UNKNOWN, on="budget"),
            "how many run is not known": together(
                without("budget"), having("spec.replicas", UNKNOWN)
            ),
        },
    ),
    Cases(
        rule="k8s-pdb-allows-drain",
        compliant=[_BUDGET, DEPLOYMENT],
        passes={
            "one fewer than run": having(
                "spec", {**_BUDGET.props["spec"], "maxUnavailable": None} | {"minAvailable": 2}
            ),
            "a share": having("spec.maxUnavailable", "25%"),
            "as many as another workload runs": together(
                lacking("spec.maxUnavailable"),
                having("spec.minAvailable", 3),
                having("metadata.namespace", "billing", on="orders"),
            ),
            "as many as pods with other labels run": together(
                lacking("spec.maxUnavailable"),
                having("spec.minAvailable", 3),
                having("spec.selector", {"matchLabels": {"phoenix.health/workload": "bills"}}),
            ),
            "fewer than the autoscaler holds": together(
                lacking("spec.maxUnavailable"),
                having("spec.minAvailable", 1),
                lacking("spec.replicas", on="orders"),
                adding(_SCALER),
            ),
        },
        fails={
            "no pod may go": having("spec.maxUnavailable", 0),
            "no share may go": having("spec.maxUnavailable", "0%"),
            "all may go": having("spec.maxUnavailable", "100%"),
            "none need stay": having("spec.minAvailable", 0),
            "all must stay": having("spec.minAvailable", "100%"),
            "as many must stay as run": together(
                lacking("spec.maxUnavailable"), having("spec.minAvailable", 3)
            ),
            "as many must stay as the autoscaler holds": together(
                lacking("spec.maxUnavailable"),
                having("spec.minAvailable", 2),
                lacking("spec.replicas", on="orders"),
                adding(_SCALER),
            ),
            "as many must stay as run, whatever another workload's autoscaler holds": together(
                lacking("spec.maxUnavailable"),
                having("spec.minAvailable", 1),
                having("spec.replicas", 1, on="orders"),
                adding(_SCALER),
                having("spec.scaleTargetRef.name", "bills", on="scaler"),
            ),
            "no bound": lacking("spec.maxUnavailable"),
        },
        unknown={
            "how many must stay is not known": together(
                lacking("spec.maxUnavailable"), having("spec.minAvailable", UNKNOWN)
            ),
            "not known": having("spec.maxUnavailable", UNKNOWN),
            "how many run is not known": together(
                lacking("spec.maxUnavailable"),
                having("spec.minAvailable", 2),
                having("spec.replicas", UNKNOWN, on="orders"),
            ),
        },
    ),
    Cases(
        rule="k8s-hpa-present",
        compliant=[DEPLOYMENT, _SERVICE, _SCALER],
        passes={
            "scaled by events": together(without("scaler"), adding(_KEDA)),
            "serves nobody": without("service", "scaler"),
            "another namespace's service": together(
                without("scaler"), having("metadata.namespace", "billing", on="service")
            ),
            "a service of other pods": together(
                without("scaler"),
                having("spec.selector", {"phoenix.health/workload": "bills"}, on="service"),
            ),
            "a service without a selector": together(
                without("scaler"), lacking("spec.selector", on="service")
            ),
        },
        fails={
            "no autoscaler": without("scaler"),
            "of another workload": having("spec.scaleTargetRef.name", "bills", on="scaler"),
            "of a StatefulSet of that name": having(
                "spec.scaleTargetRef.kind", "StatefulSet", on="scaler"
            ),
        },
        unknown={
            "target not known": having("spec.scaleTargetRef.name", UNKNOWN, on="scaler"),
            "whom the service selects is not known": together(
                without("scaler"), having("spec.selector", UNKNOWN, on="service")
            ),
        },
    ),
    Cases(
        rule="k8s-hpa-bounds",
        compliant=[_SCALER],
        passes={
            "a standby that grows at failover": together(
                having("spec.minReplicas", 1),
                having(["metadata", "labels", "phoenix.health/standby-singleton"], "true"),
            )
        },
        fails={
            "one": having("spec.minReplicas", 1),
            "the default of one": lacking("spec.minReplicas"),
            "no room above": having("spec.maxReplicas", 2),
            "no metric": having("spec.metrics", []),
        },
        unknown={
            "minimum not known": having("spec.minReplicas", UNKNOWN),
            "maximum not known": having("spec.maxReplicas", UNKNOWN),
            "metrics not known": having("spec.metrics", UNKNOWN),
        },
    ),
    Cases(
        rule="k8s-spread-across-zones",
        compliant=[DEPLOYMENT],
        passes={
            "kept apart, preferably": together(
                lacking(_SPREAD),
                having(
                    f"{_ANTI_AFFINITY}.preferredDuringSchedulingIgnoredDuringExecution",
                    [{"podAffinityTerm": {"topologyKey": "topology.kubernetes.io/zone"}}],
                ),
            ),
            "kept apart, strictly": together(
                lacking(_SPREAD),
                having(
                    f"{_ANTI_AFFINITY}.requiredDuringSchedulingIgnoredDuringExecution",
                    [{"topologyKey": "topology.kubernetes.io/zone"}],
                ),
            ),
        },
        fails={
            "nowhere": lacking(_SPREAD),
            "without saying what happens otherwise": lacking(f"{_SPREAD}.0.whenUnsatisfiable"),
            "over nodes alone": having(f"{_SPREAD}.0.topologyKey", "kubernetes.io/hostname"),
        },
        unknown={"not known": having(_SPREAD, UNKNOWN)},
    ),
    Cases(
        rule="k8s-rollout-safe",
        compliant=[DEPLOYMENT],
        passes={
            "a singleton is recreated": together(
                having("spec.strategy", {"type": "Recreate"}), having("spec.replicas", 1)
            ),
            "Kubernetes' own defaults": having(
                "spec",
                {k: v for k, v in SPEC.items() if k not in ("strategy", "revisionHistoryLimit")},
            ),
        },
        fails={
            "all pods stop first": having("spec.strategy", {"type": "Recreate"}),
            "all pods may stop": having("spec.strategy.rollingUpdate.maxUnavailable", "100%"),
            "two revisions": having("spec.revisionHistoryLimit", 2),
            "no revision": having("spec.revisionHistoryLimit", 0),
            "killed without grace": having(f"{POD_PATH}.terminationGracePeriodSeconds", 0),
            "one pod replaced by hand": together(
                of_type(_STATEFUL_SET),
                having("spec.replicas", 1),
                having("spec.updateStrategy", {"type": "OnDelete"}),
            ),
            "a StatefulSet replaced by hand": together(
                of_type(_STATEFUL_SET), having("spec.updateStrategy", {"type": "OnDelete"})
            ),
        },
        unknown={
            "strategy not known": having("spec.strategy", UNKNOWN),
            "revisions not known": having("spec.revisionHistoryLimit", UNKNOWN),
        },
    ),
]
