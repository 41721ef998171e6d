"""What the request itself tells, before anything is looked at."""

from pullcheck_checks.target.access_mode import access_mode_fits
from pullcheck_checks.target.certifiable import name_is_certifiable
from pullcheck_checks.target.image import image_reference_is_sound
from pullcheck_checks.target.provider import provider_is_a_function_here
from pullcheck_checks.target.role import role_is_named
from pullcheck_checks.target.variants import variants_fit
from pullcheck_checks.target.vpc_config import is_not_isolated, vpc_config_is_complete

CHECKS = (
    image_reference_is_sound,
    access_mode_fits,
    vpc_config_is_complete,
    is_not_isolated,
    role_is_named,
    provider_is_a_function_here,
    name_is_certifiable,
    variants_fit,
)
