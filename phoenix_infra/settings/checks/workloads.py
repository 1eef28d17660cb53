"""How the services run: logs, sessions and replica bounds."""

from collections.abc import Iterator

from phoenix_infra.settings.checks.subject import Check, Subject, check, wrong
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.settings.problem import Problem


@check("stack", "workloads")
def production_runs(subject: Subject) -> Iterator[Problem]:
    """No debug log and no session without a second factor where there is PHI (X-59, L-028)."""
    settings = subject.settings
    if not isinstance(settings, GuardianSettings) or not subject.production:
        return
    workloads = settings.workloads
    if workloads.log_level == "DEBUG":
        yield wrong(
            "workloads",
            "log_level",
            value="DEBUG",
            allowed="production logs INFO, WARNING or ERROR: debug logs carry PHI",
            remedy="write INFO, and debug in another environment",
        )
    if not workloads.sessions.mfa_required:
        yield wrong(
            "workloads",
            "sessions",
            "mfa_required",
            value="false",
            allowed="production asks for a second factor",
            remedy="write true or remove the line",
        )


@check("workloads")
def scaling(subject: Subject) -> Iterator[Problem]:
    """Replica bounds are in order."""
    settings = subject.settings
    if not isinstance(settings, GuardianSettings):
        return
    for name, bounds in settings.workloads.scaling.items():
        if bounds.minimum > bounds.maximum:
            yield wrong(
                "workloads",
                "scaling",
                name,
                value=f"{bounds.minimum}-{bounds.maximum}",
                allowed="minimum must not exceed maximum",
                remedy="exchange the two",
            )


@check("workloads")
def release(subject: Subject) -> Iterator[Problem]:
    """A release and its images have names that cannot move (X-82, X-31)."""
    settings = subject.settings
    if not isinstance(settings, GuardianSettings):
        return
    workloads = settings.workloads
    versions = {("release",): workloads.release}
    versions |= {
        ("images", name, "version"): image.version for name, image in workloads.images.items()
    }
    for path, version in versions.items():
        if version.strip() in {"", "latest", "main", "master", "stable"}:
            yield wrong(
                "workloads",
                *path,
                value=version or '""',
                allowed="must be a version that does not move",
                remedy="write for instance 5.0.0",
            )


CHECKS: tuple[Check, ...] = (production_runs, scaling, release)
