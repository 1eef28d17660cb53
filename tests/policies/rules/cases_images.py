"""Cases of the rules on images."""

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    adding,
    alone,
    given,
    having,
    lacking,
    together,
)
from tests.policies.rules.fixtures_pods import (
    CONTAINER,
    CONTAINER_PATH,
    DEPLOYMENT,
    DIGEST,
    POD_PATH,
)

_IMAGE = f"{CONTAINER_PATH}.image"
_ECR = "481516234299.dkr.ecr.us-east-1.amazonaws.com/orders"
_RELEASE = given(
    "dashboards",
    "kubernetes:helm.sh/v3:Release",
    {"chart": "dashboards", "values": {"image": {"repository": f"{_ECR}/dashboards", "tag": "1"}}},
)
_FLUX = "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease"


def _init(image: str) -> Bend:
    return having(f"{POD_PATH}.initContainers", [{**CONTAINER, "name": "init", "image": image}])


CASES = [
    Cases(
        rule="k8s-image-tag-pinned",
        compliant=[DEPLOYMENT],
        passes={
            "a version": having(_IMAGE, f"{_ECR}:1.4.2"),
            "a registry with a port": having(_IMAGE, "registry.internal:5000/orders:1.4.2"),
            "a digest without a tag": having(_IMAGE, f"{_ECR}@{DIGEST}"),
        },
        fails={
            "latest": having(_IMAGE, f"{_ECR}:latest"),
            "no tag": having(_IMAGE, _ECR),
            "a port is no tag": having(_IMAGE, "registry.internal:5000/orders"),
            "an init container": _init(f"{_ECR}:latest"),
            "no image": lacking(_IMAGE),
        },
        unknown={"not known": having(_IMAGE, UNKNOWN)},
    ),
    Cases(
        rule="k8s-image-digest",
        compliant=[DEPLOYMENT],
        fails={
            "a tag alone": having(_IMAGE, f"{_ECR}:1.4.2"),
            "a short digest": having(_IMAGE, f"{_ECR}@sha256:abcd"),
            "an init container": _init(f"{_ECR}:1.4.2"),
        },
        unknown={"not known": having(_IMAGE, UNKNOWN)},
    ),
    Cases(
        rule="k8s-image-registry-allowlist",
        compliant=[DEPLOYMENT],
        passes={
            "a hospital's registry": having(_IMAGE, "registry.internal/orders:1.4.2"),
            "a publisher that signs": having(_IMAGE, "docker.io/istio/proxyv2:1.30.3"),
            "a chart's own image": adding(_RELEASE),
        },
        fails={
            "Docker Hub by default": having(_IMAGE, "nginx:1.29"),
            "a stranger's namespace": having(_IMAGE, "bitnami/redis:7"),
            "an unknown registry": having(_IMAGE, "registry.example.org/orders:1"),
            "a registry that begins like ours": having(
                _IMAGE, "481516234299.dkr.ecr.us-east-1.amazonaws.com.evil.org/orders:1"
            ),
            "an init container": _init("busybox:1.36"),
            "a chart's image": together(
                adding(_RELEASE),
                having("values.image.repository", "evil.org/dashboards", on="dashboards"),
            ),
            "an image of a Flux release": alone(
                given(
                    "flux",
                    _FLUX,
                    {"spec": {"values": {"initImage": {"repository": "bitnami/kubectl"}}}},
                )
            ),
        },
        unknown={
            "not known": having(_IMAGE, UNKNOWN),
            "a chart's image not known": together(
                adding(_RELEASE), having("values.image.repository", UNKNOWN, on="dashboards")
            ),
            "a chart's values not known": together(
                adding(_RELEASE), having("values", UNKNOWN, on="dashboards")
            ),
        },
    ),
    Cases(
        rule="k8s-image-pull-policy",
        compliant=[DEPLOYMENT],
        passes={
            "pulled each time": together(
                having(_IMAGE, f"{_ECR}:1.4.2"),
                having(f"{CONTAINER_PATH}.imagePullPolicy", "Always"),
            )
        },
        fails={
            "a tag that the node may have": having(_IMAGE, f"{_ECR}:1.4.2"),
            "never pulled": together(
                having(_IMAGE, f"{_ECR}:1.4.2"),
                having(f"{CONTAINER_PATH}.imagePullPolicy", "Never"),
            ),
        },
        unknown={"not known": having(_IMAGE, UNKNOWN)},
    ),
]
