"""The recommended labels, on every object (kubernetes.io, Recommended Labels)."""

from phoenix_infra.naming import PRODUCT


def recommended_labels(
    name: str,
    *,
    component: str,
    owner: str = "platform",
    data_classification: str = "internal",
    version: str | None = None,
) -> dict[str, str]:
    """Who owns an object, what it belongs to, and what kind of data it may touch."""
    labels = {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/part-of": PRODUCT,
        "app.kubernetes.io/managed-by": "pulumi",
        "owner": owner,
        "data-classification": data_classification,
    }
    if version is not None:
        labels["app.kubernetes.io/version"] = version
    return labels
