"""The execution role: is it there, may SageMaker assume it, may it make interfaces and invoke the function."""

from pullcheck_checks.role.exists import role_exists
from pullcheck_checks.role.interfaces import may_make_interfaces
from pullcheck_checks.role.invoke import may_invoke
from pullcheck_checks.role.trust import trusts_sagemaker

CHECKS = (role_exists, trusts_sagemaker, may_make_interfaces, may_invoke)
