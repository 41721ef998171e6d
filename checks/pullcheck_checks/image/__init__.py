"""Is the image there, whole, and of a kind that the instances can run?"""

from pullcheck_checks.image.exists import image_is_in_the_registry
from pullcheck_checks.image.hosts import fits_the_hosts
from pullcheck_checks.image.layers import every_layer_is_there
from pullcheck_checks.image.media_types import is_a_kind_that_can_be_run
from pullcheck_checks.image.platform import fits_the_instances

CHECKS = (
    image_is_in_the_registry,
    is_a_kind_that_can_be_run,
    fits_the_instances,
    every_layer_is_there,
    fits_the_hosts,
)
