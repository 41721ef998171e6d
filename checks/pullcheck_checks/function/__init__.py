"""The credentials function: is it there, will Lambda run it, does it return what SageMaker reads."""

from pullcheck_checks.function.answer import returns_credentials
from pullcheck_checks.function.egress import reaches_its_secret
from pullcheck_checks.function.environment import no_plain_secrets
from pullcheck_checks.function.exists import function_exists
from pullcheck_checks.function.fitting import environment_fits
from pullcheck_checks.function.ready import function_ready

CHECKS = (
    function_exists,
    function_ready,
    reaches_its_secret,
    returns_credentials,
    environment_fits,
    no_plain_secrets,
)
