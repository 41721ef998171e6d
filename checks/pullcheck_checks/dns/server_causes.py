"""Why one of the VPC's name servers is no good to clients, or says something else than the others."""

from pullcheck.verdict import Basis, Cause, Severity

TCP = "RFC 7766; RFC 1035 section 4.2"
LISTED = "resolv.conf(5): servers are asked in order, and the next one only where the one before is silent"

SILENT = Cause(
    "dns.server-silent",
    breaks="A name server that the VPC hands out does not answer by UDP, so every lookup waits for it first, or fails.",
    seen="Questions to each server from inside the VPC, by UDP and TCP.",
    fix="Start the server again, open UDP 53 to it, or take it out of the DHCP options.",
    basis=Basis.SPECIFICATION,
    source=f"RFC 1035 section 4.2; {LISTED}",
)
FAILS = Cause(
    "dns.server-fails",
    breaks="A name server of the VPC answers a name of the pull with an error, which says neither yes nor no.",
    seen="A question to each server from inside the VPC: REFUSED, SERVFAIL or another error code.",
    fix="See to whom the server answers (REFUSED), and whether those answer that it asks itself (SERVFAIL).",
    basis=Basis.SPECIFICATION,
    source="RFC 1035 section 4.1.1 (RCODE); RFC 2308 section 7",
)
TCP_CLOSED = Cause(
    "dns.server-tcp",
    breaks="A name server of the VPC cuts an answer short, and does not answer by TCP, where the rest would be.",
    seen="A question by UDP inside the VPC whose answer has the TC bit, and the same by TCP.",
    fix="Let the server answer by TCP, and open TCP 53 to it; or shorten the answer.",
    basis=Basis.SPECIFICATION,
    source=TCP,
)
DIFFER = Cause(
    "dns.servers-differ",
    breaks="Two name servers of the VPC answer a name of the pull differently: which of them is asked decides.",
    seen="The same question to each server from inside the VPC.",
    fix="Let all of them forward the domain to the same place.",
    basis=Basis.SPECIFICATION,
    source=f"RFC 1034 section 4.3.2; {LISTED}",
)
DIFFERS_FROM_ZONE = Cause(
    "dns.server-answer-differs",
    breaks="A name server of the VPC answers otherwise than the VPC's own zones and endpoints would.",
    seen="Questions to each server from inside the VPC, compared with route53:ListResourceRecordSets and with the"
    " addresses of the Lambda endpoint.",
    fix="Let the server forward the domain to the VPC's resolver, or correct what is out of date.",
    basis=Basis.DOCUMENTED,
    source="Route 53 Developer Guide, considerations when using a private hosted zone: custom DNS servers",
    severity=Severity.WARNING,
)

SERVER_CAUSES = (SILENT, FAILS, TCP_CLOSED, DIFFER, DIFFERS_FROM_ZONE)
