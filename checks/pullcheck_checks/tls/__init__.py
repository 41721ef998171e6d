"""Is the certificate of every host of the pull one that SageMaker hosting accepts, today and at the next scale-out?"""

from pullcheck_checks.tls.expiry import is_not_about_to_expire
from pullcheck_checks.tls.protocol import speaks_what_clients_offer
from pullcheck_checks.tls.public_ca import chains_to_a_public_ca
from pullcheck_checks.tls.revocation import is_not_revoked

CHECKS = (speaks_what_clients_offer, chains_to_a_public_ca, is_not_about_to_expire, is_not_revoked)
