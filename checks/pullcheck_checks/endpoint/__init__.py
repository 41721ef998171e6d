"""Does the name under which SageMaker calls the credentials Lambda lead to the interface endpoint?"""

from pullcheck_checks.endpoint.lambda_name import leads_to_the_endpoint
from pullcheck_checks.endpoint.zones import stands_in_every_zone

CHECKS = (leads_to_the_endpoint, stands_in_every_zone)
