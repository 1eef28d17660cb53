"""How traffic reaches the mesh gateway: target group bindings on AWS, and the opt-in legacy ingress."""

from phoenix_infra.workloads.addon import (
    Addon,
    AddonContainer,
    AddonPod,
    AddonPort,
    ChartPin,
    Destination,
    Image,
    Json,
    PodKind,
    resources,
)
from phoenix_infra.workloads.addon_namespaces import INGRESS_NGINX, LOAD_BALANCER_CONTROLLER
from phoenix_infra.workloads.chart_values import (
    PRIORITY_CRITICAL,
    confined_container,
    confined_pod,
    spread,
)
from phoenix_infra.workloads.cluster_profile import ClusterProfile


def aws_load_balancer_controller(profile: ClusterProfile) -> Addon:
    """Registers gateway pods in target groups that the edge layer owns; makes no load balancer itself."""
    if profile.cloud is None:
        raise ValueError("the AWS load balancer controller needs AWS")
    size = resources(100, 256, 512)
    labels = {
        "app.kubernetes.io/name": "aws-load-balancer-controller",
        "app.kubernetes.io/instance": "aws-load-balancer-controller",
    }
    image = Image(repository="public.ecr.aws/eks/aws-load-balancer-controller", tag="v3.5.0")
    return Addon(
        name="aws-load-balancer-controller",
        namespace=LOAD_BALANCER_CONTROLLER,
        chart=ChartPin(
            repository="https://aws.github.io/eks-charts",
            name="aws-load-balancer-controller",
            version="3.5.0",
        ),
        values={
            "clusterName": profile.name,
            "region": profile.cloud.region,
            # The VPC is found by its tags: instance metadata is closed to pods (hop limit 1).
            "vpcTags": dict(profile.cloud.vpc_tags),
            "replicaCount": 2,
            "image": {"repository": image.repository, "tag": image.tag},
            "resources": size.as_values(),
            "serviceAccount": {"create": True, "name": "aws-load-balancer-controller"},
            "defaultTargetType": "ip",
            "defaultLoadBalancerScheme": "internal",
            "enableShield": False,
            "enableWaf": False,
            "enableWafv2": False,
            "createIngressClassResource": False,
            "ingressClassParams": {"create": False},
            "enableServiceMutatorWebhook": False,
            "enableBackendSecurityGroup": False,
            "enableCertManager": True,
            "priorityClassName": PRIORITY_CRITICAL,
            "podSecurityContext": confined_pod(65534),
            "securityContext": confined_container(),
            "podDisruptionBudget": {"maxUnavailable": 1},
            "topologySpreadConstraints": spread(labels),
            "serviceMonitor": {"enabled": True},
        },
        pods=(
            AddonPod(
                name="aws-load-balancer-controller",
                kind=PodKind.DEPLOYMENT,
                labels=labels,
                service_account="aws-load-balancer-controller",
                replicas=2,
                containers=(
                    AddonContainer(
                        name="aws-load-balancer-controller", image=image, resources=size
                    ),
                ),
                ports=(
                    AddonPort(name="webhook", number=9443, webhook=True),
                    AddonPort(name="metrics", number=8080, metrics=True),
                ),
                destinations=(Destination.KUBERNETES_API, Destination.AWS),
                disruption_budget=True,
            ),
        ),
        owns=("crd-group/elbv2.k8s.aws", "mutating-webhook/aws-load-balancer-webhook"),
        after=("cert-manager", "kube-prometheus-stack"),
    )


def ingress_nginx() -> Addon:
    """The retired controller, for sites that still have Ingress objects; off unless asked for (X-13)."""
    size = resources(200, 256, 512)
    labels = {
        "app.kubernetes.io/name": "ingress-nginx",
        "app.kubernetes.io/instance": "ingress-nginx",
        "app.kubernetes.io/component": "controller",
    }
    hardening: dict[str, Json] = {
        "ssl-protocols": "TLSv1.3",
        "hsts-include-subdomains": "true",
        "hide-headers": "Server,X-Powered-By",
    }
    return Addon(
        name="ingress-nginx",
        namespace=INGRESS_NGINX,
        chart=ChartPin(
            repository="https://kubernetes.github.io/ingress-nginx",
            name="ingress-nginx",
            version="4.15.1",
        ),
        values={
            "controller": {
                "replicaCount": 2,
                "minAvailable": 1,
                "config": hardening,
                "allowSnippetAnnotations": False,
                "enableAnnotationValidations": True,
                "containerPort": {"http": 8080, "https": 8443},
                "service": {"type": "ClusterIP"},
                "resources": size.as_values(),
                "topologySpreadConstraints": spread(labels),
                "metrics": {"enabled": True, "serviceMonitor": {"enabled": True}},
            }
        },
        pods=(
            AddonPod(
                name="ingress-nginx-controller",
                kind=PodKind.DEPLOYMENT,
                labels=labels,
                service_account="ingress-nginx",
                replicas=2,
                containers=(
                    AddonContainer(
                        name="controller",
                        image=Image(
                            repository="registry.k8s.io/ingress-nginx/controller",
                            tag="v1.15.1",
                            digest="sha256:594ceea76b01c592858f803f9ff4d2cb40542cae2060410b2c95f75907d659e1",
                        ),
                        resources=size,
                    ),
                ),
                ports=(
                    AddonPort(name="https", number=8443),
                    AddonPort(name="webhook", number=8443, webhook=True),
                    AddonPort(name="metrics", number=10254, metrics=True),
                ),
                destinations=(Destination.KUBERNETES_API,),
                disruption_budget=True,
            ),
        ),
        owns=("ingress-class/nginx",),
        after=("kube-prometheus-stack",),
    )
