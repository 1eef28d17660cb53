"""Shield."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.rule import stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, some

HIPAA_1: Final = ("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)")
BALANCER: Final = "aws:lb/loadBalancer:LoadBalancer"


@stack_rule(
    "shield-advanced-subscription",
    "aws:shield/subscription:Subscription",
    hipaa=HIPAA_1,
    soc2=("A1.1", "A1.2", "CC6.6"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Declare the Subscription with auto_renew ENABLED where the settings choose Shield Advanced.",
)
def shield_advanced_subscription(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Shield Advanced is subscribed."""
    protections = list(stack.of("aws:shield/protection:Protection"))
    renewed = some(
        s["autoRenew"].equals("ENABLED") for s in stack.of("aws:shield/subscription:Subscription")
    )
    for one in (*stack.of("aws:shield/subscription:Subscription"), *protections):
        yield one, renewed.otherwise("Shield Advanced is used without a renewing subscription")


@stack_rule(
    "shield-protects-public-endpoints",
    "aws:shield/protection:Protection",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:cloudfront/distribution:Distribution",
    "aws:route53/zone:Zone",
    "aws:ec2/eip:Eip",
    hipaa=HIPAA_1,
    soc2=("A1.1", "A1.2", "CC6.6"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a Protection for the endpoint.",
    sources=(
        "prowler:shield_advanced_protection_in_internet_facing_load_balancers",
        "prowler:shield_advanced_protection_in_cloudfront_distributions",
        "prowler:shield_advanced_protection_in_route53_hosted_zones",
        "prowler:shield_advanced_protection_in_associated_elastic_ips",
    ),
)
def shield_protects_public_endpoints(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Public endpoints have Shield protection."""
    subscribed = any(True for _ in stack.of("aws:shield/subscription:Subscription"))
    if not subscribed:
        return
    for one, hidden in _endpoints(stack):
        protected = stack.referrers(one, "aws:shield/protection:Protection", "resourceArn").exists
        yield one, (hidden | protected).otherwise("has no Shield protection")


def _endpoints(stack: Stack) -> Iterator[tuple[Resource, Truth]]:
    """What the internet may reach, and whether it is out of its reach after all."""
    for one in stack.of(BALANCER):
        yield one, one["internal"].is_true
    for one in stack.of("aws:cloudfront/distribution:Distribution"):
        yield one, one["enabled"].is_false
    for one in stack.of("aws:route53/zone:Zone"):
        yield one, one["vpcs"].is_set
    for one in stack.of("aws:ec2/eip:Eip"):
        # an address of a NAT gateway receives nothing: those of load balancers count
        yield one, ~stack.referrers(one, BALANCER, "subnetMappings.allocationId").exists
