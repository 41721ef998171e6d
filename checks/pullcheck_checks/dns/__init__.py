"""Do the names of the pull lead anywhere in the model's VPC, and does everything that is asked for them answer?"""

from pullcheck_checks.dns.firewall import firewall_lets_through
from pullcheck_checks.dns.forwarding import forwards_to_servers
from pullcheck_checks.dns.name_servers import name_servers_agree
from pullcheck_checks.dns.pull_hosts import hosts_resolve
from pullcheck_checks.dns.registry_name import resolves_in_the_vpc

CHECKS = (resolves_in_the_vpc, hosts_resolve, firewall_lets_through, forwards_to_servers, name_servers_agree)
