"""The services of phoenix-api: what browsers, phones and hospitals' systems talk to (G-028)."""

from phoenix_infra.workloads.external_peers import EHR, ENTRA_ID
from phoenix_infra.workloads.namespaces import API
from phoenix_infra.workloads.spec import (
    CustomMetric,
    Delivery,
    Resources,
    ScaleBehaviour,
    ScaleStep,
    Scaling,
    StaticSecret,
    WorkloadSpec,
    calls,
)

JWT_KEY = StaticSecret(file="jwt.key", path="phoenix/jwt", key="private_key")

GATEWAY_STEADY = Scaling(
    minimum=3,
    maximum=20,
    cpu_percent=70,
    memory_percent=80,
    metrics=(
        CustomMetric(
            name="http_requests_per_second",
            query=(
                'sum(rate(istio_requests_total{reporter="destination",'
                'destination_workload_namespace="phoenix-api",'
                'destination_workload=~"api-gateway(-primary)?"}[1m]))'
            ),
            target_per_pod=1000,
        ),
    ),
    behaviour=ScaleBehaviour(
        up_window_seconds=0,
        up=(ScaleStep(period_seconds=15, percent=100), ScaleStep(period_seconds=15, pods=4)),
        down_window_seconds=300,
        down=(ScaleStep(period_seconds=60, percent=10),),
    ),
)
"""G-080."""
GATEWAY_LAUNCH = Scaling(
    minimum=5,
    maximum=50,
    cpu_percent=70,
    memory_percent=80,
    metrics=GATEWAY_STEADY.metrics,
    behaviour=ScaleBehaviour(
        up_window_seconds=60,
        up=(ScaleStep(period_seconds=60, percent=100),),
        down_window_seconds=300,
        down=(ScaleStep(period_seconds=60, percent=10),),
    ),
)
"""L-032, X-53: for the launch, with a node maximum to match."""

_BACKEND = Resources(
    cpu_request_millicores=250,
    memory_request_mib=512,
    cpu_limit_millicores=1000,
    memory_limit_mib=1024,
)

API_GATEWAY = WorkloadSpec(
    name="api-gateway",
    namespace=API,
    owner="platform-api",
    description="Front door of the product's API",
    image="api-gateway",
    resources=Resources(
        cpu_request_millicores=500,
        memory_request_mib=512,
        cpu_limit_millicores=2000,
        memory_limit_mib=2048,
    ),
    scaling=GATEWAY_STEADY,
    calls=calls(
        "auth-service",
        "transcription-service",
        "soap-generator",
        "threat-detector",
        "language-detector",
        "threat-response",
        "federation-aggregator",
        "database",
        "cache",
        "kafka",
    ),
    external_peers=(EHR.name,),
    delivery=Delivery.PROGRESSIVE,
    minimum_available=2,
    secrets=(JWT_KEY,),
)
AUTH_SERVICE = WorkloadSpec(
    name="auth-service",
    namespace=API,
    owner="identity",
    description="Sign-in, tokens and sessions",
    image="auth-service",
    resources=_BACKEND,
    scaling=Scaling(minimum=3, maximum=10),
    calls=calls("database", "cache"),
    external_peers=(ENTRA_ID.name,),
    delivery=Delivery.PROGRESSIVE,
    secrets=(
        JWT_KEY,
        StaticSecret(file="entra-client.key", path="phoenix/entra-id", key="client_key"),
    ),
)
DASHBOARD_BACKEND = WorkloadSpec(
    name="dashboard-backend",
    namespace=API,
    owner="clinical-web",
    description="Backend of the clinicians' and administrators' dashboard",
    image="dashboard-backend",
    resources=_BACKEND,
    scaling=Scaling(minimum=3, maximum=10),
    calls=calls("auth-service", "threat-detector", "database", "cache"),
    delivery=Delivery.PROGRESSIVE,
)
MOBILE_API = WorkloadSpec(
    name="mobile-api",
    namespace=API,
    owner="mobile",
    description="Backend of the mobile applications, with offline synchronisation",
    image="mobile-api",
    resources=_BACKEND,
    scaling=Scaling(minimum=3, maximum=10),
    calls=calls("api-gateway", "auth-service", "cache"),
    delivery=Delivery.PROGRESSIVE,
)

API_SERVICES: tuple[WorkloadSpec, ...] = (
    API_GATEWAY,
    AUTH_SERVICE,
    DASHBOARD_BACKEND,
    MOBILE_API,
)
