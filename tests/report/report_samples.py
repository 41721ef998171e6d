"""Reports to write in every format."""

from dataclasses import replace

from pullcheck.judgement import Finding, Host, Report, SeenFrom
from pullcheck.target import Container, Deployment, Model, Target, TargetKind, VpcConfig
from pullcheck.verdict import Basis, Direction, Fix, Hop, HopVerdict, Severity, Status

REGISTRY = "registry.example.com:443"
IMAGE = "registry.example.com/team/model:v1"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:sagemaker-registry-credentials"
ROLE = "arn:aws:iam::111122223333:role/SageMakerExecutionRole"
PASS, BLOCK = HopVerdict.PASS, HopVerdict.BLOCK

EGRESS = (
    "aws ec2 authorize-security-group-egress --group-id sg-0b2 --ip-permissions "
    '\'[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"10.0.10.20/32"}]}]\''
)
ROLE_POLICY = (
    "aws iam put-role-policy --role-name SageMakerExecutionRole --policy-name invoke-registry-credentials "
    '--policy-document \'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:InvokeFunction",'
    f'"Resource":"{FUNCTION}"}}]}}\''
)


def path(group: HopVerdict = PASS, acl: HopVerdict = PASS) -> tuple[Hop, ...]:
    """From a model subnet to the registry and back."""
    there, back = Direction.FORWARD, Direction.RETURN
    return (
        Hop(
            "security group",
            "sg-0b2",
            there,
            group,
            "egress tcp 443 to 10.0.10.20" if group is PASS else "no egress rule covers tcp 443 to 10.0.10.20",
        ),
        Hop("network ACL", "acl-0e1", there, PASS, "rule 100 allow all to 0.0.0.0/0"),
        Hop("route table", "rtb-0f1", there, PASS, "10.0.0.0/16 -> local"),
        Hop("security group", "sg-0c3", there, PASS, "ingress tcp 443 from sg-0b2"),
        Hop("network ACL", "acl-0d9", back, PASS, "rule 100 allow all to 0.0.0.0/0"),
        Hop(
            "network ACL",
            "acl-0e1",
            back,
            acl,
            "rule 100 allow all from 0.0.0.0/0" if acl is PASS else "rule 90 deny tcp 32768-60999 from 10.0.10.0/24",
        ),
    )


def holds(check: str, title: str, subject: str, because: str, **fields: object) -> Finding:
    """A passing finding."""
    finding = Finding(
        check=check,
        title=title,
        status=Status.PASS,
        severity=Severity.ERROR,
        cause=None,
        subject=subject,
        resources=(),
        because=because,
        fix=None,
        basis=Basis.DOCUMENTED,
        vantage=None,
        blocked_by=None,
    )
    return replace(finding, **fields)  # type: ignore[arg-type]


def fails(finding: Finding, cause: str, because: str, fix: Fix, **fields: object) -> Finding:
    """The same question, answered no."""
    return replace(finding, status=Status.FAIL, cause=cause, because=because, fix=fix, **fields)  # type: ignore[arg-type]


def open_(finding: Finding, because: str, **fields: object) -> Finding:
    """The same question, not answered."""
    return replace(finding, status=Status.UNKNOWN, because=because, path=(), **fields)  # type: ignore[arg-type]


def idle(finding: Finding, because: str) -> Finding:
    """The same question, which does not arise."""
    return replace(finding, status=Status.NOT_APPLICABLE, because=because, path=())


REACH = [
    holds(
        "network.registry-reachable",
        "Every model subnet reaches the registry",
        f"{subnet} -> 10.0.10.20:443",
        "sg-0b2 egress tcp 443 to 10.0.10.20, acl-0e1 rule 100 both ways, rtb-0f1 10.0.0.0/16 -> local, "
        "sg-0c3 ingress tcp 443 from sg-0b2",
        resources=(subnet, "sg-0b2", "acl-0e1", "rtb-0f1", "sg-0c3"),
        path=path(),
    )
    for subnet in ("subnet-0a1", "subnet-0a2")
]

HEALTHY = Report(
    target=Target(
        TargetKind.REQUEST,
        "vpc-model",
        "model.json",
        "us-east-1",
        (
            Model(
                "vpc-model",
                ROLE,
                VpcConfig(("subnet-0a1", "subnet-0a2"), ("sg-0b2",)),
                (Container("PrimaryContainer", IMAGE, "Vpc", FUNCTION),),
            ),
        ),
    ),
    version="0.1.0",
    vantages=(SeenFrom("inside", "this machine, 10.0.1.17"),),
    hosts=(
        Host("registry.example.com", "registry", ("10.0.10.20",)),
        Host("lambda.us-east-1.amazonaws.com", "Lambda API", ("10.0.1.40", "10.0.2.40")),
    ),
    findings=(
        holds("target.access-mode", "The image is pulled through the VPC", IMAGE, "RepositoryAccessMode is Vpc"),
        holds(
            "target.image-reference",
            "The image reference is well-formed",
            IMAGE,
            "host registry.example.com, repository team/model, tag v1",
        ),
        holds(
            "registry.api-v2",
            "The registry speaks the Docker Registry HTTP API V2",
            REGISTRY,
            "GET /v2/: 401 with Bearer challenge, realm https://registry.example.com/token",
            vantage="inside",
        ),
        holds(
            "tls.public-ca",
            "The registry's certificate chains to a public CA",
            REGISTRY,
            "the 2 certificates served chain to ISRG Root X1",
            vantage="inside",
        ),
        holds("tls.protocol", "The registry speaks TLS 1.2 or newer", REGISTRY, "TLSv1.3, TLS_AES_128_GCM_SHA256"),
        holds(
            "tls.not-expiring",
            "No certificate is about to expire",
            REGISTRY,
            "the first to expire does so in 61 days (2026-04-02)",
        ),
        holds(
            "dns.registry-name",
            "The registry's name has an address in the VPC",
            "registry.example.com",
            "private zone Z0EXAMPLE, associated with vpc-0aa, has A 10.0.10.20",
            resources=("Z0EXAMPLE", "vpc-0aa"),
        ),
        holds(
            "network.subnets-usable",
            "Every model subnet can take network interfaces",
            "subnet-0a1",
            "subnet-0a1 in us-east-1a is available and has 250 free addresses",
        ),
        holds(
            "network.subnets-usable",
            "Every model subnet can take network interfaces",
            "subnet-0a2",
            "subnet-0a2 in us-east-1b is available and has 251 free addresses",
        ),
        *REACH,
        holds(
            "endpoint.lambda-name",
            "The Lambda name leads to the interface endpoint",
            "lambda.us-east-1.amazonaws.com",
            "private DNS of vpce-0d4 is on and vpc-0aa has both DNS attributes",
            resources=("vpce-0d4", "vpc-0aa"),
        ),
        holds(
            "role.invoke-function",
            "The execution role may invoke the credentials function",
            ROLE,
            "inline policy invoke allows lambda:InvokeFunction on the function; nothing denies it",
        ),
        holds(
            "function.ready", "The credentials function is ready", FUNCTION, "State is Active, last update Successful"
        ),
        idle(
            holds("deployment.healthy", "The endpoint is in service", "vpc-model", ""),
            "the target is a request, not an endpoint that exists",
        ),
        idle(
            holds("target.variants", "The variants fit the model", "vpc-model", ""),
            "the request has no ProductionVariants",
        ),
    ),
)


def kept(*families: str) -> list[Finding]:
    """The healthy findings of some families."""
    return [finding for finding in HEALTHY.findings if finding.family in families]


MEND = Fix("allow tcp 443 from sg-0b2 to 10.0.10.20", (EGRESS,))
BLOCKED = replace(
    HEALTHY,
    findings=(
        *kept("target", "dns"),
        *kept("network")[:2],
        *(
            fails(
                reach,
                "sg.model-egress-registry",
                "sg-0b2 has no egress rule for tcp 443 to 10.0.10.20",
                MEND,
                path=path(group=BLOCK),
            )
            for reach in REACH
        ),
        *(
            open_(
                finding,
                "10.0.10.20:443 gave no answer within 10 s from this machine; run again once it is reachable",
                blocked_by="network.registry-reachable",
            )
            for finding in HEALTHY.findings
            if finding.family in ("registry", "tls")
        ),
        *kept("endpoint", "role", "function"),
        fails(
            holds("deployment.healthy", "The endpoint is in service", "vpc-endpoint", ""),
            "end.failed",
            "EndpointStatus is Failed",
            Fix("mend the causes above and create the endpoint again"),
            explained_by="network.registry-reachable",
            basis=Basis.API,
        ),
    ),
    target=replace(
        HEALTHY.target,
        kind=TargetKind.ENDPOINT,
        name="vpc-endpoint",
        source="sagemaker:DescribeEndpoint",
        deployment=Deployment(
            "vpc-endpoint", "Failed", "vpc-config", "Please make sure all images included in the model exist"
        ),
    ),
)

SHUT = "rule 90 deny tcp 32768-60999 from 10.0.10.0/24"
LET_ANSWERS_IN = Fix(
    "allow tcp 1024-65535 from 10.0.10.20/32 in acl-0e1, in account 444455556666, which owns acl-0e1; "
    "after that sg-0b2 would still be in the way",
    (
        "aws ec2 create-network-acl-entry --network-acl-id acl-0e1 --ingress --rule-number 89 --protocol 6 "
        "--port-range From=1024,To=65535 --cidr-block 10.0.10.20/32 --rule-action allow",
    ),
    'resource "aws_network_acl_rule" "acl_0e1_ingress_89" {\n  network_acl_id = "acl-0e1"\n  rule_number    = 89\n}',
    "444455556666",
)
LET_REQUESTS_OUT = replace(
    MEND,
    terraform='resource "aws_vpc_security_group_egress_rule" "sg_0b2_to_10_0_10_20_32_443" {\n'
    '  security_group_id = "sg-0b2"\n  cidr_ipv4         = "10.0.10.20/32"\n}',
)
OPENING = (
    LET_REQUESTS_OUT,
    replace(LET_ANSWERS_IN, summary=LET_ANSWERS_IN.summary.partition(";")[0]),
    Fix("take the route for 10.0.10.0/25 out of rtb-0f1", ("aws ec2 delete-route",), "# rtb-0f1: take it out"),
)
SEVERAL = replace(
    HEALTHY,
    findings=(
        *kept("target", "dns"),
        *(
            fails(finding, cause, because, fix, path=path(BLOCK, BLOCK), opening=OPENING)
            for finding in REACH
            for cause, because, fix in (
                (
                    "sg.model-egress-registry",
                    "sg-0b2 has no egress rule covers tcp 443 to 10.0.10.20",
                    LET_REQUESTS_OUT,
                ),
                ("nacl.model-ingress-return", f"acl-0e1: {SHUT}; sg-0b2 is not asked", LET_ANSWERS_IN),
            )
        ),
    ),
)

EXPIRING = Fix("renew the certificate and its renewal job before 2026-02-06")
WARNINGS = replace(
    HEALTHY,
    vantages=(SeenFrom("outside", "this machine, 192.0.2.7"),),
    findings=tuple(
        fails(
            finding,
            "tls.expiring-soon",
            "the certificate of registry.example.com expires in 5 days (2026-02-06)",
            EXPIRING,
            severity=Severity.WARNING,
        )
        if finding.check == "tls.not-expiring"
        else finding
        for finding in HEALTHY.findings
    ),
)

DENIED = "ec2:DescribeSubnets was denied (UnauthorizedOperation); allow ec2:DescribeSubnets to who runs pullcheck"
NOBODY = "nobody has looked (--vantage none); run with --vantage inside from a machine in the model's subnets"
UNSEEN = replace(
    HEALTHY,
    vantages=(),
    hosts=(),
    findings=tuple(
        open_(finding, NOBODY if finding.family in ("registry", "tls") else DENIED, vantage=None)
        for finding in HEALTHY.findings
        if finding.family in ("registry", "tls", "dns", "network", "endpoint")
    )
    + tuple(
        open_(
            finding,
            "iam:SimulatePrincipalPolicy says implicitDeny, but a service control policy took part; "
            "read the organisation's policies or ask its administrator",
            cause="iam.scp-denies",
        )
        for finding in HEALTHY.findings
        if finding.family == "role"
    ),
)

EVIL = (
    "\x1b]0;owned\x07\x1b[2J\x9b31m \u202egnp.exe\u202c \u2066x\u2069\u2028::set-output name=a::b\r\n"
    "::error file=a::pwned ##vso[task.setvariable variable=a]b ##[error]c ]]> <b>&amp;</b> [bold red]x[/] "
    "\x00\x7f\ud800\ufffe\U0001f600 \xa0end"
)
HOSTILE = replace(
    HEALTHY,
    hosts=(Host(EVIL, "redirect target", (EVIL,)),),
    vantages=(SeenFrom("outside", EVIL), SeenFrom("lambda", "subnet-0a1")),
    findings=(
        fails(
            holds("registry.api-v2", "The registry speaks V2", EVIL, "", vantage="outside"),
            "reg.not-v2",
            f"GET /v2/ answered 500: {EVIL}",
            Fix(EVIL, (f"::add-mask::{EVIL}", "aws ecr describe-registry")),
            resources=(EVIL,),
            path=(Hop(EVIL, EVIL, Direction.FORWARD, BLOCK, EVIL),),
        ),
        fails(
            holds("registry.api-v2", "The registry speaks V2", EVIL, "", vantage="lambda"),
            "reg.html",
            "A" * 3000,
            Fix("ask who runs it"),
            explained_by="registry.api-v2",
        ),
        open_(holds("tls.protocol", "The registry speaks TLS 1.2 or newer", "::/0", ""), "::notice::" + EVIL),
        idle(holds("auth.realm", "The realm answers", "::/0", ""), f"::debug::{EVIL}"),
        holds("dns.registry-name", "The name has an address", "x", f"{'word ' * 17}::warning::{EVIL}"),
    ),
)

NAMES = [f"registry.example.com/team/model-{number}:v{number}" for number in range(1, 16)]
MANY = replace(
    HEALTHY,
    target=replace(
        HEALTHY.target,
        models=(
            Model(
                "vpc-model",
                ROLE,
                None,
                tuple(Container(f"Containers[{number}]", name, "Vpc") for number, name in enumerate(NAMES)),
            ),
        ),
    ),
    findings=(
        *(
            holds("target.access-mode", "The image is pulled through the VPC", name, "RepositoryAccessMode is Vpc")
            for name in NAMES
        ),
        *(
            holds(
                "target.image-reference",
                "The image reference is well-formed",
                name,
                f"host registry.example.com, repository team/model-{number}, tag v{number}",
                resources=(f"team/model-{number}", f"v{number}"),
            )
            for number, name in enumerate(NAMES, 1)
        ),
        *kept("registry", "tls", "dns", "network", "endpoint", "role", "function"),
        *(
            holds("image.manifest", "The registry has the image", name, f"{number:064x} answers for it", resources=())
            for number, name in enumerate(NAMES[:2], 1)
        ),
        fails(
            holds("image.manifest", "The registry has the image", NAMES[2], ""),
            "img.not-found",
            f"GET /v2/team/model-3/manifests/v3 answered 404 MANIFEST_UNKNOWN for {NAMES[2]}",
            Fix("push the image, or name a tag that exists"),
            vantage="inside",
        ),
        *(
            open_(
                holds("image.manifest", "The registry has the image", name, "", vantage="inside"),
                f"no credentials for {name}; set PULLCHECK_REGISTRY_USERNAME and PULLCHECK_REGISTRY_PASSWORD",
            )
            for name in NAMES[3:]
        ),
    ),
)

RETURN = replace(
    HEALTHY,
    findings=(
        fails(
            REACH[0],
            "nacl.model-inbound-ephemeral",
            "acl-0e1 of subnet-0a1 denies the answer: rule 90 deny tcp 32768-60999 from 10.0.10.0/24 (every port)",
            Fix(
                "let the answers of the registry back in",
                (
                    "aws ec2 create-network-acl-entry --network-acl-id acl-0e1 --ingress --rule-number 80 "
                    "--protocol tcp --port-range From=32768,To=60999 --cidr-block 10.0.10.20/32 --rule-action allow",
                ),
            ),
            path=path(acl=BLOCK),
        ),
        REACH[1],
        fails(
            next(finding for finding in HEALTHY.findings if finding.check == "role.invoke-function"),
            "iam.managed-policy-case",
            "only AmazonSageMakerFullAccess is attached, and its pattern is case-sensitive: SAGEMAKER-x does not fit",
            Fix("allow lambda:InvokeFunction on the function", (ROLE_POLICY,)),
            basis=Basis.INFERENCE,
            certain=False,
        ),
    ),
)

SAMPLES = {
    "healthy": HEALTHY,
    "blocked": BLOCKED,
    "several": SEVERAL,
    "two-causes": RETURN,
    "warnings": WARNINGS,
    "unseen": UNSEEN,
    "hostile": HOSTILE,
    "many": MANY,
    "nothing": replace(HEALTHY, findings=()),
}
