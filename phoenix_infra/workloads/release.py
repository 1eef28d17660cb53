"""Image references out of the release manifest: version and digest, never a floating tag (X-31, X-82)."""

from phoenix_infra.naming import PRODUCT
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.catalogue import image_names


def image_reference(image: str, settings: GuardianSettings, registry_host: str) -> str:
    """What the container runtime pulls, for instance `registry/phoenix-guardian/x:5.0.0@sha256:...`."""
    released = settings.workloads.images[image]
    return f"{registry_host}/{PRODUCT}/{image}:{released.version}@{released.digest}"


def check_release(settings: GuardianSettings) -> None:
    """The manifest names every image of the catalogue and nothing else."""
    known, released = set(image_names()), set(settings.workloads.images)
    for name in sorted(known - released):
        raise ValueError(
            f"phoenix:workloads.images: {name!r} is missing; add its version and digest from the release"
        )
    for name in sorted(released - known):
        raise ValueError(
            f"phoenix:workloads.images: {name!r} is in no catalogue entry; remove it, "
            f"or use one of {', '.join(sorted(known))}"
        )
