"""What answers at the registry's address."""

from pullcheck_checks.registry.api_v2 import speaks_api_v2
from pullcheck_checks.registry.steady import answers_steadily

CHECKS = (speaks_api_v2, answers_steadily)
