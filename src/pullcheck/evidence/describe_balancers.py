"""From rows of Elastic Load Balancing's calls, in AWS's field names, to evidence about load balancers.

A list that a row ought to carry and that could not be read may stand there as an `Unavailable`.
"""

from collections.abc import Iterable

from pullcheck.evidence.balancer_rows import (
    BalancedTarget,
    Listener,
    ListenerAction,
    ListenerRule,
    LoadBalancer,
    RuleCondition,
    TargetGroup,
)
from pullcheck.evidence.fields import Row, number, part, parts, rows_of, text, texts, texts_in
from pullcheck.missing import Unavailable

FIRST = ("authenticate-oidc", "authenticate-cognito", "jwt-validation")
ALWAYS_KEEPS_CLIENTS = ("UDP", "TCP_UDP", "QUIC", "TCP_QUIC")
CROSS_ZONE, PRESERVE = "load_balancing.cross_zone.enabled", "preserve_client_ip.enabled"


def load_balancers(
    balancers: Iterable[Row], listeners: Iterable[Row] | Unavailable, groups: Iterable[Row] | Unavailable
) -> tuple[LoadBalancer, ...]:
    """Rows of DescribeLoadBalancers with the ``Attributes`` of DescribeLoadBalancerAttributes, of DescribeListeners
    with the ``Rules`` of DescribeRules, and of DescribeTargetGroups with the ``Attributes`` of
    DescribeTargetGroupAttributes and the ``TargetHealthDescriptions`` of DescribeTargetHealth.
    """
    heard = listeners if isinstance(listeners, Unavailable) else tuple(listeners)
    known = groups if isinstance(groups, Unavailable) else tuple(map(_group, groups))
    return tuple(_balancer(row, heard, known) for row in balancers if text(row, "LoadBalancerArn"))


def _balancer(
    row: Row, listeners: tuple[Row, ...] | Unavailable, groups: tuple[TargetGroup, ...] | Unavailable
) -> LoadBalancer:
    name, kind = text(row, "LoadBalancerArn"), text(row, "Type") or "application"
    own = listeners
    if not isinstance(listeners, Unavailable):
        own = tuple(one for one in listeners if text(one, "LoadBalancerArn") == name)
    return LoadBalancer(
        id=name,
        kind=kind,
        vpc_id=text(row, "VpcId"),
        state=text(part(row, "State"), "Code"),
        group_ids=texts_in(row, "SecurityGroups"),
        cross_zone=True if kind == "application" else _cross_zone(row),
        listeners=own if isinstance(own, Unavailable) else tuple(_listener(one, kind) for one in own),
        target_groups=groups,
        filters_private_link=text(row, "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic") != "off",
    )


def _cross_zone(row: Row) -> bool | Unavailable:
    found = _attributes(row)
    return found if isinstance(found, Unavailable) else found.get(CROSS_ZONE) == "true"


def _attributes(row: Row) -> dict[str, str] | Unavailable:
    found = _carried(row, "Attributes", "attributes")
    return found if isinstance(found, Unavailable) else {text(one, "Key"): text(one, "Value") for one in found}


def _carried(row: Row, name: str, words: str) -> list[Row] | Unavailable:
    value = row.get(name)
    if isinstance(value, Unavailable):
        return value
    if value is None:
        of = text(row, "ListenerArn", "TargetGroupArn", "LoadBalancerArn")
        return Unavailable(f"the {words} of {of} were not read")
    return rows_of(value)


def _listener(row: Row, kind: str) -> Listener:
    rules = _carried(row, "Rules", "rules") if kind == "application" else []
    return Listener(
        id=text(row, "ListenerArn"),
        port=number(row, "Port") or 0,
        protocol=text(row, "Protocol"),
        action=_action(parts(row, "DefaultActions")),
        rules=rules if isinstance(rules, Unavailable) else _rules(rules),
        certificates=texts(text(one, "CertificateArn") for one in parts(row, "Certificates")),
        policy=text(row, "SslPolicy"),
    )


def _rules(rows: Iterable[Row]) -> tuple[ListenerRule, ...]:
    """The default rule is the listener's default action once more; its priority is the word "default"."""
    numbered = [(priority, row) for row in rows if (priority := number(row, "Priority")) is not None]
    return tuple(
        ListenerRule(
            text(row, "RuleArn"),
            tuple(map(_condition, parts(row, "Conditions"))),
            _action(parts(row, "Actions")),
        )
        for _, row in sorted(numbered, key=lambda pair: pair[0])
    )


def _condition(row: Row) -> RuleCondition:
    """The values stand in the condition itself, or in its ``...Config``."""
    holders = [row, *(value for key in row if key.endswith("Config") and (value := part(row, key)))]
    if any(one.get("RegexValues") for one in holders):
        return RuleCondition(f"{text(row, 'Field')} by regular expression", ())
    return RuleCondition(text(row, "Field"), texts(value for one in holders for value in texts_in(one, "Values")))


def _action(rows: list[Row]) -> ListenerAction:
    """The last one decides; those before it ask who it is."""
    rows = sorted(rows, key=lambda row: number(row, "Order") or 0)
    last = rows[-1] if rows else {}
    weighed = [one for one in parts(part(last, "ForwardConfig"), "TargetGroups") if number(one, "Weight") != 0]
    return ListenerAction(
        kind=text(last, "Type"),
        group_ids=texts(text(one, "TargetGroupArn") for one in weighed) or texts([text(last, "TargetGroupArn")]),
        detail=_redirect(part(last, "RedirectConfig")) or text(part(last, "FixedResponseConfig"), "StatusCode"),
        asks_first=any(text(row, "Type") in FIRST for row in rows[:-1]),
    )


def _redirect(row: Row) -> str:
    if not row:
        return ""
    protocol, host = text(row, "Protocol") or "#{protocol}", text(row, "Host") or "#{host}"
    return f"{protocol.lower()}://{host}:{text(row, 'Port') or '#{port}'}{text(row, 'Path') or '/#{path}'}"


def _group(row: Row) -> TargetGroup:
    kind, protocol = text(row, "TargetType") or "instance", text(row, "Protocol")
    attributes = _attributes(row)
    health = _carried(row, "TargetHealthDescriptions", "targets")
    return TargetGroup(
        id=text(row, "TargetGroupArn"),
        kind=kind,
        protocol=protocol,
        vpc_id=text(row, "VpcId"),
        check_protocol=text(row, "HealthCheckProtocol"),
        check_port=text(row, "HealthCheckPort"),
        targets=health if isinstance(health, Unavailable) else tuple(map(_target, health)),
        keeps_clients=None if isinstance(attributes, Unavailable) else _keeps_clients(kind, protocol, attributes),
        cross_zone=None if isinstance(attributes, Unavailable) else _own_cross_zone(attributes),
    )


def _keeps_clients(kind: str, protocol: str, attributes: dict[str, str]) -> bool:
    if protocol in ALWAYS_KEEPS_CLIENTS:
        return True
    if PRESERVE in attributes:
        return attributes[PRESERVE] == "true"
    return protocol in ("TCP", "TLS") and kind != "ip"


def _own_cross_zone(attributes: dict[str, str]) -> bool | None:
    return {"true": True, "false": False}.get(attributes.get(CROSS_ZONE, ""))


def _target(row: Row) -> BalancedTarget:
    target, health = part(row, "Target"), part(row, "TargetHealth")
    return BalancedTarget(
        id=text(target, "Id"),
        port=number(target, "Port") or 0,
        state=text(health, "State"),
        reason=text(health, "Reason"),
        zone=text(target, "AvailabilityZone"),
    )
