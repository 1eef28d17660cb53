"""What the log collector does with a line: find it, label it, redact it, send it (M-034, X-20)."""

REDACTIONS: tuple[tuple[str, str], ...] = (
    (r"(\b\d{3}-\d{2}-\d{4}\b)", "social security numbers"),
    (r"([A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,})", "e-mail addresses"),
    (r"(?i)(?:mrn|patient[_-]?id)[\"'=:\s]+([A-Za-z0-9-]{4,})", "record numbers"),
    (r"(eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+)", "tokens"),
)
"""Patterns whose group is replaced; the services must not log these, and this is the second net."""


def alloy_configuration(cluster: str, loki_url: str) -> str:
    """The collector's configuration for one cluster."""
    stages = "\n".join(
        f"""  // {what}
  stage.replace {{
    expression = `{expression}`
    replace    = "[redacted]"
  }}"""
        for expression, what in REDACTIONS
    )
    return f"""\
discovery.kubernetes "pods" {{
  role = "pod"
  selectors {{
    role  = "pod"
    field = "spec.nodeName=" + sys.env("HOSTNAME")
  }}
}}

discovery.relabel "pods" {{
  targets = discovery.kubernetes.pods.targets
  rule {{
    source_labels = ["__meta_kubernetes_namespace"]
    target_label  = "namespace"
  }}
  rule {{
    source_labels = ["__meta_kubernetes_pod_label_phoenix_health_workload"]
    target_label  = "service"
  }}
  rule {{
    source_labels = ["__meta_kubernetes_pod_name"]
    target_label  = "pod"
  }}
  rule {{
    source_labels = ["__meta_kubernetes_pod_container_name"]
    target_label  = "container"
  }}
  rule {{
    source_labels = ["__meta_kubernetes_pod_uid", "__meta_kubernetes_pod_container_name"]
    separator     = "/"
    replacement   = "/var/log/pods/*$1/*.log"
    target_label  = "__path__"
  }}
}}

local.file_match "pods" {{
  path_targets = discovery.relabel.pods.output
}}

loki.source.file "pods" {{
  targets    = local.file_match.pods.targets
  forward_to = [loki.process.redact.receiver]
}}

loki.process "redact" {{
  forward_to = [loki.write.store.receiver]
  stage.cri {{}}
{stages}
}}

loki.write "store" {{
  endpoint {{
    url = "{loki_url}/loki/api/v1/push"
  }}
  external_labels = {{
    cluster = "{cluster}",
  }}
}}
"""
