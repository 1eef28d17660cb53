"""The services of phoenix-ai: speech, notes, languages and threat detection (G-029)."""

from phoenix_infra.workloads.external_peers import AUDIO_BUCKET, MODELS
from phoenix_infra.workloads.namespaces import AI
from phoenix_infra.workloads.spec import (
    MODEL_LOADING,
    AwsResource,
    AwsStatement,
    CustomMetric,
    Delivery,
    MemoryVolume,
    Resources,
    Scaling,
    WorkloadSpec,
    calls,
)

TRANSCRIPTION_SERVICE = WorkloadSpec(
    name="transcription-service",
    namespace=AI,
    owner="clinical-ai",
    description="Speech to text with Whisper, on the cluster's own GPUs (A7.12)",
    image="transcription-service",
    resources=Resources(
        cpu_request_millicores=4000,
        memory_request_mib=16384,
        cpu_limit_millicores=7000,
        memory_limit_mib=26624,
        gpus=1,
        ephemeral_storage_mib=4096,
    ),
    scaling=Scaling(
        minimum=2,
        maximum=5,
        cpu_percent=None,
        memory_percent=None,
        metrics=(
            CustomMetric(
                name="transcription_queue_depth",
                query='sum(transcription_queue_depth{namespace="phoenix-ai"})',
                target_per_pod=5,
            ),
        ),
    ),
    calls=calls("language-detector", "cache", "kafka"),
    external_peers=(AUDIO_BUCKET.name, MODELS.name),
    probes=MODEL_LOADING,
    minimum_available=1,
    identity=(
        AwsStatement(
            sid="ReadRecordings",
            actions=("s3:GetObject",),
            resources=(AwsResource.AUDIO_OBJECTS,),
        ),
        AwsStatement(
            sid="ListRecordings",
            actions=("s3:ListBucket",),
            resources=(AwsResource.AUDIO_BUCKET,),
        ),
        AwsStatement(
            sid="DecryptRecordings",
            actions=("kms:Decrypt",),
            resources=(AwsResource.DATA_KEY,),
        ),
    ),
    config={
        "WHISPER_MODEL": "large-v3",
        "SUPPORTED_LANGUAGES": "en,es,zh,ar,hi,pt,fr",
        "MAX_CONCURRENT_TRANSCRIPTIONS": "4",
        "CUDA_VISIBLE_DEVICES": "0",
    },
    memory_volumes=(MemoryVolume(name="audio", path="/tmp/audio", size_mib=2048),),  # noqa: S108 - where 000 section 6.2 mounts it
    models=True,
    termination_grace_seconds=120,
)
"""G-076..G-079; the documents' 8 CPU and 32 GiB limits are a g4dn.2xlarge's raw size, not what pods get (X-27)."""
SOAP_GENERATOR = WorkloadSpec(
    name="soap-generator",
    namespace=AI,
    owner="clinical-ai",
    description="Structured clinical notes from transcripts",
    image="soap-generator",
    resources=Resources(
        cpu_request_millicores=2000,
        memory_request_mib=12288,
        cpu_limit_millicores=6000,
        memory_limit_mib=24576,
        gpus=1,
        ephemeral_storage_mib=4096,
    ),
    scaling=Scaling(
        minimum=2,
        maximum=3,
        cpu_percent=None,
        memory_percent=None,
        metrics=(
            CustomMetric(
                name="soap_queue_depth",
                query='sum(soap_generation_queue_depth{namespace="phoenix-ai"})',
                target_per_pod=10,
            ),
        ),
    ),
    calls=calls("database", "cache", "kafka"),
    external_peers=(MODELS.name,),
    probes=MODEL_LOADING,
    minimum_available=1,
    config={"CUDA_VISIBLE_DEVICES": "0"},
    models=True,
    termination_grace_seconds=120,
)
THREAT_DETECTOR = WorkloadSpec(
    name="threat-detector",
    namespace=AI,
    owner="security-engineering",
    description="Finds attacks and misuse in request and access patterns",
    image="threat-detector",
    resources=Resources(
        cpu_request_millicores=500,
        memory_request_mib=1024,
        cpu_limit_millicores=2000,
        memory_limit_mib=2048,
    ),
    scaling=Scaling(minimum=3, maximum=10),
    calls=calls("threat-response", "database", "cache", "kafka"),
    delivery=Delivery.PROGRESSIVE,
)
LANGUAGE_DETECTOR = WorkloadSpec(
    name="language-detector",
    namespace=AI,
    owner="clinical-ai",
    description="Names the language of a text or recording",
    image="language-detector",
    resources=Resources(
        cpu_request_millicores=500,
        memory_request_mib=1024,
        cpu_limit_millicores=2000,
        memory_limit_mib=2048,
    ),
    scaling=Scaling(minimum=2, maximum=6),
    external_peers=(MODELS.name,),
    probes=MODEL_LOADING,
    delivery=Delivery.PROGRESSIVE,
    models=True,
)

AI_SERVICES: tuple[WorkloadSpec, ...] = (
    TRANSCRIPTION_SERVICE,
    SOAP_GENERATOR,
    THREAT_DETECTOR,
    LANGUAGE_DETECTOR,
)
