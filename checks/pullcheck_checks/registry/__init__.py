"""What answers at the registry's address."""

from pullcheck_checks.registry.api_v2 import speaks_api_v2

CHECKS = (speaks_api_v2,)
