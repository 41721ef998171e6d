"""Does the registry's name lead anywhere in the model's VPC?"""

from pullcheck_checks.dns.registry_name import resolves_in_the_vpc

CHECKS = (resolves_in_the_vpc,)
