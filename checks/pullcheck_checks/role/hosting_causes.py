"""What the execution role lacks beside the permission to invoke and to make interfaces (failure-modes.md, area iam)."""

from pullcheck.verdict import Basis, Cause, Severity

_ROLES = "SageMaker developer guide, execution role permissions for CreateModel"
_VPC = "SageMaker developer guide, give hosted endpoints access to resources in your VPC"

MODEL_DATA = Cause(
    "iam.s3-model-data",
    breaks="The execution role may not read the model data, so the endpoint fails after the image is there.",
    seen="no Allow of the role's policies, its boundary and the bucket's policy covers s3:GetObject on ModelDataUrl, "
    "or s3:ListBucket where that is a prefix; or a Deny does",
    fix="allow s3:GetObject on the object, and s3:ListBucket on the bucket of a prefix",
    basis=Basis.DOCUMENTED,
    source=_ROLES,
)
VPC_ENDPOINTS = Cause(
    "iam.describe-vpc-endpoints",
    breaks="The execution role may not list VPC endpoints, which one page of the guide asks for and another does not.",
    seen="no Allow of the role's policies and boundary covers ec2:DescribeVpcEndpoints",
    fix="allow it",
    basis=Basis.DOCUMENTED,
    source=_VPC,
    severity=Severity.WARNING,
    certain=False,
)
LOGS = Cause(
    "iam.logs-permissions",
    breaks="The execution role may not write logs or metrics, so an endpoint that fails leaves nothing to read.",
    seen="no Allow of the role's policies and boundary covers the four actions of CloudWatch Logs on the log groups "
    "/aws/sagemaker/Endpoints/*, and cloudwatch:PutMetricData",
    fix="allow them",
    basis=Basis.DOCUMENTED,
    source=_ROLES,
    severity=Severity.WARNING,
)
ECR = Cause(
    "iam.ecr-still-needed",
    breaks="Another container's image lies in Amazon ECR, and the execution role may not pull from there.",
    seen="a container's image has a host of ECR, and no Allow of the role's policies and boundary covers "
    "ecr:GetAuthorizationToken or the three actions of a pull",
    fix="allow them",
    basis=Basis.DOCUMENTED,
    source=_ROLES,
    severity=Severity.WARNING,
    certain=False,
)
VOLUME_KEY = Cause(
    "iam.kms-volume-key",
    breaks="The execution role may not grant SageMaker the use of the key that encrypts the instances' volumes.",
    seen="KmsKeyId is given, and the key's policy and the role's policies together do not allow kms:CreateGrant on it, "
    "or its KeyState is not Enabled",
    fix="allow kms:CreateGrant on the key to the role, in the key's policy or, where that lets the account decide, in "
    "the role's",
    basis=Basis.DOCUMENTED,
    source="SageMaker API, CreateEndpointConfig, KmsKeyId; KMS developer guide, key policies",
    certain=False,
)
HOSTING = (MODEL_DATA, VPC_ENDPOINTS, ECR, VOLUME_KEY, LOGS)
