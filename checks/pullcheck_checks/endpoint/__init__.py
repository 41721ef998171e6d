"""Does the name under which SageMaker calls the credentials Lambda lead to the interface endpoint?"""

from pullcheck_checks.endpoint.lambda_name import leads_to_the_endpoint

CHECKS = (leads_to_the_endpoint,)
