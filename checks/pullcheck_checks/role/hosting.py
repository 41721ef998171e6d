"""Do the execution role's policies give what hosting uses beside the function and the network interfaces?"""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck.evidence.hosting import BucketPolicy, VolumeKey
from pullcheck.evidence.model_data import ModelData
from pullcheck.evidence.role import Role, RolePolicies
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Model
from pullcheck.verdict import Fix, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.role import hosting_causes as causes
from pullcheck_checks.role.commands import command, put_role_policy
from pullcheck_checks.role.decision import Decision, Layers, with_statement
from pullcheck_checks.role.hosting_needs import Need, What, needs
from pullcheck_checks.role.needed import name_for
from pullcheck_checks.role.policy import Source
from pullcheck_checks.role.request import as_statements, decide_as, layers_of
from pullcheck_checks.role.statements import Element

DOUBTS_SHOWN = 3

Found = dict[What, Decision]


@check("role.hosting-permissions", "The execution role's policies give what else hosting uses", causes.HOSTING)
def may_do_the_rest(
    role: Role,
    policies: RolePolicies,
    model: Model,
    data: ModelData | Unavailable | NotApplicable,
    bucket: BucketPolicy | Unavailable | NotApplicable,
    key: VolumeKey | Unavailable | NotApplicable,
) -> Iterator[Verdict]:
    """
    What: Evaluates, for the role's policies and its permissions boundary: reading the model data, writing logs and
    metrics, listing VPC endpoints, pulling those images of the model that lie in Amazon ECR, and granting the use of
    the key that KmsKeyId names.

    Why: An image that is pulled is not yet an endpoint in service. Without the model data, or another container's
    image, it fails just the same; without logs nobody sees why.

    Passes: Every action is allowed. Policies of buckets of other accounts and of repositories are not part of this
    answer, nor are those of the organisation.

    Fails: Reading the model data, or the grant on the key, is not allowed or is denied, or the key is not enabled.
    Logs, VPC endpoints and ECR are warnings.

    Not verified when: A policy could not be read, a condition hangs on a key whose value is not known, or a policy that
    was not read, such as a repository's, may allow what the role's do not.

    Fix: An inline policy with the actions that are missing.

    Source: SageMaker developer guide, execution role permissions for CreateModel, and for a model in a VPC.
    """
    if isinstance(key, Unavailable):
        yield unknown(f"role {role.name} -> volume key", key.because, cause=causes.VOLUME_KEY, resources=(role.arn,))
    if isinstance(key, VolumeKey) and key.state != "Enabled":
        yield _not_enabled(role, key)
    for need in needs(role, model, data, bucket, key):
        layers = replace(layers_of(role, policies), resource=need.resource, names_caller=need.names_caller)
        yield _judge(role, need, layers)


def _not_enabled(role: Role, key: VolumeKey) -> Verdict:
    commands = (command("kms enable-key", key_id=key.arn.rpartition("/")[2]),) if key.state == "Disabled" else ()
    because = f"{key.arn} is in state {key.state}"
    fix = Fix(f"enable {key.arn}, or name another key", commands)
    return failed(f"role {role.name} -> volume key", because, causes.VOLUME_KEY, fix, resources=(role.arn, key.arn))


def _judge(role: Role, need: Need, layers: Layers) -> Verdict:
    found = {what: decide_as(role, *what, layers) for what in need.wanted}
    subject, resources = f"role {role.name} -> {need.name}", (role.arn,)
    lacking = tuple(what for what, one in found.items() if one.allowed is False)
    doubtful = tuple(what for what in lacking if _may_be_allowed_elsewhere(need, what, found[what]))
    if set(lacking) - set(doubtful):
        because = f"the role's policies do not allow {_told(lacking, found)}"
        return failed(subject, because, need.cause, _fix(role, need, layers, lacking), resources=resources)
    if doubtful := doubtful + tuple(what for what, one in found.items() if one.allowed is None):
        doubts = [*dict.fromkeys(doubt for what in doubtful for doubt in found[what].doubts)][:DOUBTS_SHOWN]
        why = "; ".join(filter(None, (*doubts, need.elsewhere))) or "a policy names other resources of the kind"
        because = f"whether the role may use {_told(doubtful, found)} is not known: {why}"
        return unknown(subject, because, cause=need.cause, resources=resources)
    names = ", ".join(dict.fromkeys(action for action, _ in need.wanted))
    return passed(subject, f"its policies allow {names}", resources=resources)


def _may_be_allowed_elsewhere(need: Need, what: What, decision: Decision) -> bool:
    """By a policy that was not read, or for a name that is not known yet; no Allow outweighs a Deny."""
    if decision.denial or what[1] == "*":
        return False
    near = (one for layer in decision.layers for one in layer.outcomes if one.statement.effect == "Allow")
    return bool(need.elsewhere) or (need.names_are_open and any(one.failed == (Element.RESOURCE,) for one in near))


def _told(wanted: tuple[What, ...], found: Found) -> str:
    def one(what: What) -> str:
        action, resource = what
        where = "" if resource == "*" else f" on {resource}"
        denial = found[what].denial
        return f"{action}{where} ({denial.statement} denies it)" if denial else f"{action}{where}"

    return ", ".join(map(one, wanted))


def _fix(role: Role, need: Need, layers: Layers, lacking: tuple[What, ...]) -> Fix:
    """The policy always has all that is needed, so that putting it again takes nothing away."""
    summary = f"allow {', '.join(dict.fromkeys(action for action, _ in lacking))} to role {role.name}"
    resources = dict.fromkeys(resource for _, resource in need.wanted)
    by_resource = {one: [action for action, on in need.wanted if on == one] for one in resources}
    rows = [{"Effect": "Allow", "Action": actions, "Resource": one} for one, actions in by_resource.items()]
    after = replace(layers, identity=with_statement(layers.identity, as_statements(Source("the new policy"), *rows)))
    decisions = [decide_as(role, *what, after) for what in lacking]
    if any(one.denied for one in decisions):
        return Fix(f"{summary}: change the Deny, which no Allow outweighs")
    if not all(one.granted for one in decisions):
        other = "the key's policy must let the role or the account in" if need.names_caller else "its boundary must too"
        return Fix(f"{summary}: {other}")
    return Fix(summary, (put_role_policy(role.name, name_for(f"pullcheck-{need.policy}", *resources), *rows),))
