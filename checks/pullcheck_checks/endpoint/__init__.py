"""Does the name under which SageMaker calls the credentials Lambda lead to the interface endpoint, and through it?"""

from pullcheck_checks.endpoint.lambda_name import leads_to_the_endpoint
from pullcheck_checks.endpoint.policy import lets_the_role_invoke
from pullcheck_checks.endpoint.zones import stands_in_every_zone

CHECKS = (leads_to_the_endpoint, lets_the_role_invoke, stands_in_every_zone)
