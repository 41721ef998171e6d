"""How the registry asks for credentials, and whether they are accepted."""

from pullcheck_checks.auth import credentials
from pullcheck_checks.auth.challenge import asks_in_a_way_that_is_understood

CHECKS = (asks_in_a_way_that_is_understood, *credentials.CHECKS)
