"""The execution role: is it there, may it be passed and assumed, may it make interfaces, invoke the function, and host.

`evaluate` is the policy evaluation by itself, over AWS's own JSON documents.

The rules of IAM that the evaluation follows are cited by number here and in the tests:

1. actions and condition keys are case-blind, resources and values are not; the action is lambda:InvokeFunction.
2. a qualifier is part of the resource: neither form covers the other.
3. ``*`` and ``?`` match within any part of an ARN, and a final ``*`` beyond later colons.
4. AmazonSageMakerFullAccess names functions by four patterns, by case.
6. an absent key makes positive operators false and negated ones true; IfExists makes either true.
7. some Lambda keys belong to other actions.
8. StringEquals takes wildcards literally; operators are joined by and, values by or.
9. policy variables count under Version 2012-10-17 alone; one without a value matches nothing.
10. values may be JSON booleans and numbers, Statement one object.
11. a Deny wins anywhere; else every limiting layer must allow, and a granting layer must grant.
12. in one account a function's policy may grant by itself, by how it names the caller; 13. across accounts both must.
15. every level of the organisation must allow; 17. so must the policy of the endpoint that the call goes through.
19. SageMaker assumes the role as a service, with SourceAccount and SourceArn.
22. the simulator is told the resource and the region; 23. missing context is no answer; 25. a no of the organisation
    without a Deny may be a false one.
"""

from pullcheck_checks.role.creation import may_pass_the_role
from pullcheck_checks.role.documents import Answer, Call, Decided, Miss, Policies, evaluate
from pullcheck_checks.role.exists import role_exists
from pullcheck_checks.role.hosting import may_do_the_rest
from pullcheck_checks.role.interfaces import may_make_interfaces
from pullcheck_checks.role.invoke import may_invoke
from pullcheck_checks.role.narrow import invokes_no_other
from pullcheck_checks.role.one_role import names_one_role
from pullcheck_checks.role.trust import trusts_sagemaker

__all__ = ["CHECKS", "Answer", "Call", "Decided", "Miss", "Policies", "evaluate"]
CHECKS = (
    role_exists,
    names_one_role,
    may_pass_the_role,
    trusts_sagemaker,
    may_make_interfaces,
    may_invoke,
    invokes_no_other,
    may_do_the_rest,
)
