"""The execution role: is it there, may SageMaker assume it, may it invoke the credentials function."""

from pullcheck_checks.role.exists import role_exists
from pullcheck_checks.role.invoke import may_invoke
from pullcheck_checks.role.trust import trusts_sagemaker

CHECKS = (role_exists, trusts_sagemaker, may_invoke)
