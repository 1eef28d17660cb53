"""Web ACLs in both scopes: managed rules, one client limit, and how open the edge is (X-54, X-67)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import cloudwatch, wafv2

from phoenix_infra.settings.edge import RateLimit, TrafficSettings

LOG_RETENTION_DAYS = 2557
RATE_WINDOW_SECONDS = 60
BODY_INSPECTION = "KB_64"
MANAGED_GROUPS: tuple[tuple[str, str], ...] = (
    ("ip-reputation", "AWSManagedRulesAmazonIpReputationList"),
    ("anonymous-ip", "AWSManagedRulesAnonymousIpList"),
    ("core", "AWSManagedRulesCommonRuleSet"),
    ("known-bad-inputs", "AWSManagedRulesKnownBadInputsRuleSet"),
    ("sql-injection", "AWSManagedRulesSQLiRuleSet"),
)
COUNTED_RULES: Mapping[str, tuple[str, ...]] = {
    # Audio and FHIR bundles are larger than 8 KiB; the other rules still read the first 64 KiB.
    "AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",),
}
Scope = Literal["CLOUDFRONT", "REGIONAL"]


@dataclass(frozen=True, kw_only=True)
class WebAclArgs:
    """One scope's web ACL."""

    scope: Scope
    acl_name: str
    traffic: TrafficSettings
    rate_limit: RateLimit
    exempt_cidrs: Sequence[str]
    """Hospitals: many clinicians behind one address (L-027)."""
    logs_key_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class WebAcl(pulumi.ComponentResource):
    """A web ACL with its address sets and its log."""

    arn: pulumi.Output[str]
    blocked_set_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: WebAclArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:WebAcl", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        exempt = _ip_set(name, "exempt", args, args.exempt_cidrs, child)
        pilot = _ip_set(name, "pilot", args, args.traffic.pilot_cidrs, child)
        # Its addresses are written at run time by the threat services; a deployment must not empty it.
        blocked = _ip_set(
            name,
            "blocked",
            args,
            (),
            pulumi.ResourceOptions(parent=self, ignore_changes=["addresses"]),
        )
        acl = wafv2.WebAcl(
            name,
            name=args.acl_name,
            description="Managed rules, client rate limit, traffic mode",
            scope=args.scope,
            default_action=_default_action(args.traffic),
            rules=_rules(args, exempt.arn, pilot.arn, blocked.arn),
            association_config=_association(args.scope),
            visibility_config=wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True,
                metric_name=args.acl_name,
                sampled_requests_enabled=True,
            ),
            tags=args.tags,
            opts=child,
        )
        log_group = cloudwatch.LogGroup(
            f"{name}-log",
            name=f"aws-waf-logs-{args.acl_name}",
            retention_in_days=LOG_RETENTION_DAYS,
            kms_key_id=args.logs_key_arn,
            skip_destroy=True,
            tags=args.tags,
            opts=child,
        )
        header = wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs
        wafv2.WebAclLoggingConfiguration(
            f"{name}-logging",
            resource_arn=acl.arn,
            log_destination_configs=[log_group.arn],
            redacted_fields=[
                wafv2.WebAclLoggingConfigurationRedactedFieldArgs(single_header=header(name=field))
                for field in ("authorization", "cookie", "x-origin-verify")
            ],
            opts=child,
        )
        self.arn = acl.arn
        self.blocked_set_arn = blocked.arn
        self.register_outputs({"arn": self.arn})


def _ip_set(
    name: str,
    role: str,
    args: WebAclArgs,
    addresses: Sequence[str],
    opts: pulumi.ResourceOptions,
) -> wafv2.IpSet:
    return wafv2.IpSet(
        f"{name}-{role}",
        name=f"{args.acl_name}-{role}",
        scope=args.scope,
        ip_address_version="IPV4",
        addresses=sorted(addresses),
        tags=args.tags,
        opts=opts,
    )


def _default_action(traffic: TrafficSettings) -> wafv2.WebAclDefaultActionArgs:
    """Only an open edge lets a request through that no rule has judged."""
    if traffic.mode == "open":
        return wafv2.WebAclDefaultActionArgs(allow=wafv2.WebAclDefaultActionAllowArgs())
    return wafv2.WebAclDefaultActionArgs(block=wafv2.WebAclDefaultActionBlockArgs())


def _rules(
    args: WebAclArgs,
    exempt_arn: pulumi.Input[str],
    pilot_arn: pulumi.Input[str],
    blocked_arn: pulumi.Input[str],
) -> list[wafv2.WebAclRuleArgs]:
    rules = [
        _address_rule(args, "blocked-addresses", 0, blocked_arn, _BLOCK),
        _rate_rule(args, 10, exempt_arn),
        *(
            _managed_rule(args.acl_name, role, group, 20 + 10 * index)
            for index, (role, group) in enumerate(MANAGED_GROUPS)
        ),
    ]
    if args.traffic.mode == "pilot":
        # Last, so that a pilot's request has passed every other rule.
        rules.append(_address_rule(args, "pilot-addresses", 100, pilot_arn, _ALLOW))
    return rules


_BLOCK = wafv2.WebAclRuleActionArgs(block=wafv2.WebAclRuleActionBlockArgs())
_ALLOW = wafv2.WebAclRuleActionArgs(allow=wafv2.WebAclRuleActionAllowArgs())


def _visibility(acl_name: str, role: str) -> wafv2.WebAclRuleVisibilityConfigArgs:
    return wafv2.WebAclRuleVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True,
        metric_name=f"{acl_name}-{role}",
        sampled_requests_enabled=True,
    )


def _address_rule(
    args: WebAclArgs,
    role: str,
    priority: int,
    set_arn: pulumi.Input[str],
    action: wafv2.WebAclRuleActionArgs,
) -> wafv2.WebAclRuleArgs:
    forwarded = wafv2.WebAclRuleStatementIpSetReferenceStatementIpSetForwardedIpConfigArgs(
        header_name="X-Forwarded-For",
        # CloudFront appends the viewer's address; everything before it is the viewer's own claim.
        position="LAST",
        fallback_behavior="MATCH" if action is _BLOCK else "NO_MATCH",
    )
    return wafv2.WebAclRuleArgs(
        name=role,
        priority=priority,
        action=action,
        statement=wafv2.WebAclRuleStatementArgs(
            ip_set_reference_statement=wafv2.WebAclRuleStatementIpSetReferenceStatementArgs(
                arn=set_arn,
                ip_set_forwarded_ip_config=forwarded if args.scope == "REGIONAL" else None,
            )
        ),
        visibility_config=_visibility(args.acl_name, role),
    )


def _managed_rule(acl_name: str, role: str, group: str, priority: int) -> wafv2.WebAclRuleArgs:
    override = wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArgs
    count = wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseArgs(
        count=wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseCountArgs()
    )
    return wafv2.WebAclRuleArgs(
        name=role,
        priority=priority,
        override_action=wafv2.WebAclRuleOverrideActionArgs(
            none=wafv2.WebAclRuleOverrideActionNoneArgs()
        ),
        statement=wafv2.WebAclRuleStatementArgs(
            managed_rule_group_statement=wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
                vendor_name="AWS",
                name=group,
                rule_action_overrides=[
                    override(name=rule, action_to_use=count)
                    for rule in COUNTED_RULES.get(group, ())
                ],
            )
        ),
        visibility_config=_visibility(acl_name, role),
    )


def _rate_rule(
    args: WebAclArgs, priority: int, exempt_arn: pulumi.Input[str]
) -> wafv2.WebAclRuleArgs:
    rate = wafv2.WebAclRuleStatementRateBasedStatementArgs
    regional = args.scope == "REGIONAL"
    forwarded = wafv2.WebAclRuleStatementRateBasedStatementForwardedIpConfigArgs(
        header_name="X-Forwarded-For", fallback_behavior="MATCH"
    )
    return wafv2.WebAclRuleArgs(
        name="client-rate-limit",
        priority=priority,
        action=_BLOCK,
        statement=wafv2.WebAclRuleStatementArgs(
            rate_based_statement=rate(
                # The WAF counts a window: a burst on top of the steady rate is part of it (L-027).
                limit=args.rate_limit.requests_per_minute + args.rate_limit.burst,
                evaluation_window_sec=RATE_WINDOW_SECONDS,
                aggregate_key_type="FORWARDED_IP" if regional else "IP",
                forwarded_ip_config=forwarded if regional else None,
                scope_down_statement=_not_exempt(exempt_arn, regional=regional),
            )
        ),
        visibility_config=_visibility(args.acl_name, "client-rate-limit"),
    )


def _not_exempt(
    exempt_arn: pulumi.Input[str], *, regional: bool
) -> wafv2.WebAclRuleStatementRateBasedStatementScopeDownStatementArgs:
    scope_down = wafv2.WebAclRuleStatementRateBasedStatementScopeDownStatementArgs
    reference = (
        wafv2.WebAclRuleStatementRateBasedStatementScopeDownStatementIpSetReferenceStatementArgs
    )
    forwarded = wafv2.WebAclRuleStatementRateBasedStatementScopeDownStatementIpSetReferenceStatementIpSetForwardedIpConfigArgs(
        header_name="X-Forwarded-For", position="LAST", fallback_behavior="NO_MATCH"
    )
    return scope_down(
        not_statement=wafv2.WebAclRuleStatementRateBasedStatementScopeDownStatementNotStatementArgs(
            statement=scope_down(
                ip_set_reference_statement=reference(
                    arn=exempt_arn, ip_set_forwarded_ip_config=forwarded if regional else None
                )
            )
        )
    )


def _association(scope: Scope) -> wafv2.WebAclAssociationConfigArgs | None:
    """How much of a body is read; a load balancer has a fixed 8 KiB."""
    if scope == "REGIONAL":
        return None
    body = wafv2.WebAclAssociationConfigRequestBodyArgs(
        cloudfront=wafv2.WebAclAssociationConfigRequestBodyCloudfrontArgs(
            default_size_inspection_limit=BODY_INSPECTION
        )
    )
    return wafv2.WebAclAssociationConfigArgs(request_bodies=[body])
