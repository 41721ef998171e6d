"""Why an image that is pulled well may not fit, or not start on, the hosts that SageMaker runs."""

from pullcheck.verdict import Basis, Cause, Severity

_CONTRACT = "SageMaker guide, using your own inference code with hosting services"

TOO_BIG_FOR_DISK = Cause(
    "img.too-big-for-disk",
    breaks="The image, unpacked, is likely to be larger than the storage that the variant asks for.",
    seen="Compressed sizes in the manifest, twice over, against VolumeSizeInGB.",
    fix="Raise VolumeSizeInGB, choose instances with local disks, or make the image smaller.",
    basis=Basis.FIELD_REPORT,
    source="Reports of 'no space left on device' while an image was pulled; SageMaker API, ProductionVariant",
    severity=Severity.WARNING,
    certain=False,
)
SERVERLESS_SIZE = Cause(
    "img.serverless-10gb",
    breaks="Serverless inference takes no image of more than 10 GB.",
    seen="Compressed sizes in the manifest alone are more; the variant has ServerlessConfig.",
    fix="Make the image smaller, or use a variant with instances.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, serverless inference: container support",
    severity=Severity.WARNING,
)
PULL_TOO_SLOW = Cause(
    "img.pull-too-slow",
    breaks="The image is so large that a slow path (VPN, small NAT instance) keeps the endpoint in Creating for long.",
    seen="Compressed sizes in the manifest: 10 GB or more.",
    fix="Make the image smaller, or mirror the registry into the model's Region.",
    basis=Basis.INFERENCE,
    source="SageMaker API, ProductionVariant: no time-out is given for pulling an image",
    severity=Severity.WARNING,
    certain=False,
)
NO_SERVE = Cause(
    "img.serve-entrypoint-missing",
    breaks="The image has no entry point, so that serve, which SageMaker starts it with, has to be a program in it.",
    seen="Entrypoint in the image's configuration is empty, and Cmd is replaced by serve.",
    fix="Give the image an ENTRYPOINT in exec form that takes serve, or have a program serve in its PATH.",
    basis=Basis.DOCUMENTED,
    source=_CONTRACT,
    severity=Severity.WARNING,
    certain=False,
)
TINI = Cause(
    "img.tini-entrypoint",
    breaks="The entry point is tini, which may take the argument serve for its own.",
    seen="Entrypoint in the image's configuration begins with tini.",
    fix="Start tini from a script, and make the script the ENTRYPOINT.",
    basis=Basis.DOCUMENTED,
    source=_CONTRACT,
    severity=Severity.WARNING,
    certain=False,
)
PING = Cause(
    "img.ping-contract",
    breaks="The image names ports and not 8080, on which SageMaker asks for /ping: what listens may listen elsewhere.",
    seen="ExposedPorts in the image's configuration; the program alone decides where it listens.",
    fix="Have the server answer GET /ping on port 8080 with 200 within 2 seconds, from 4 minutes after the start at the"
    " latest; ContainerStartupHealthCheckTimeoutInSeconds gives it longer.",
    basis=Basis.DOCUMENTED,
    source=_CONTRACT,
    severity=Severity.WARNING,
    certain=False,
)
HOSTS = (TOO_BIG_FOR_DISK, SERVERLESS_SIZE, PULL_TOO_SLOW, NO_SERVE, TINI, PING)
