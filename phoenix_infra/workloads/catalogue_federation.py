"""The services of phoenix-fed: federated learning with differential privacy (G-032)."""

from phoenix_infra.workloads.external_peers import CONSORTIUM, KMS, MODELS
from phoenix_infra.workloads.namespaces import FEDERATION
from phoenix_infra.workloads.spec import (
    AwsResource,
    AwsStatement,
    Resources,
    Scaling,
    StaticSecret,
    WorkloadSpec,
    calls,
)

_COMPUTE = Resources(
    cpu_request_millicores=500,
    memory_request_mib=1024,
    cpu_limit_millicores=2000,
    memory_limit_mib=4096,
)

FEDERATION_AGGREGATOR = WorkloadSpec(
    name="federation-aggregator",
    namespace=FEDERATION,
    owner="federated-learning",
    description="Exchanges model updates with the consortium, never records",
    image="federation-aggregator",
    resources=_COMPUTE,
    scaling=Scaling(minimum=2, maximum=4),
    calls=calls("privacy-engine", "signature-generator", "database"),
    external_peers=(CONSORTIUM.name, MODELS.name),
    secrets=(
        StaticSecret(file="consortium-client.pem", path="phoenix/consortium", key="client_pem"),
    ),
    models=True,
)
PRIVACY_ENGINE = WorkloadSpec(
    name="privacy-engine",
    namespace=FEDERATION,
    owner="federated-learning",
    description="Adds the noise and keeps the privacy budget of every hospital (L-035)",
    image="privacy-engine",
    resources=_COMPUTE,
    scaling=Scaling(minimum=2, maximum=4),
)
SIGNATURE_GENERATOR = WorkloadSpec(
    name="signature-generator",
    namespace=FEDERATION,
    owner="federated-learning",
    description="Signs model updates with a key that never leaves KMS",
    image="signature-generator",
    resources=_COMPUTE,
    scaling=Scaling(minimum=2, maximum=4),
    external_peers=(KMS.name,),
    identity=(
        AwsStatement(
            sid="SignUpdates",
            actions=("kms:Sign", "kms:GetPublicKey"),
            resources=(AwsResource.SIGNING_KEY,),
        ),
    ),
    phi=False,
)

FEDERATION_SERVICES: tuple[WorkloadSpec, ...] = (
    FEDERATION_AGGREGATOR,
    PRIVACY_ENGINE,
    SIGNATURE_GENERATOR,
)
