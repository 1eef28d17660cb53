"""The restricted Pod Security standard as literals: nothing in a stack file can weaken it (G-074)."""

import pulumi_kubernetes as kubernetes

core = kubernetes.core.v1
USER_ID = 1000
"""G-074; the models' access point belongs to it as well."""


def confined_pod(
    supplementary_groups: tuple[int, ...] = (),
) -> kubernetes.core.v1.PodSecurityContextArgs:
    """No root, no unconfined system calls."""
    return core.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=USER_ID,
        run_as_group=USER_ID,
        fs_group=USER_ID,
        supplemental_groups=list(supplementary_groups) if supplementary_groups else None,
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
    )


def confined_container() -> kubernetes.core.v1.SecurityContextArgs:
    """Read-only root file system, no privilege escalation, no capabilities."""
    return core.SecurityContextArgs(
        run_as_non_root=True,
        run_as_user=USER_ID,
        run_as_group=USER_ID,
        allow_privilege_escalation=False,
        privileged=False,
        read_only_root_filesystem=True,
        capabilities=core.CapabilitiesArgs(drop=["ALL"]),
        seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
    )
