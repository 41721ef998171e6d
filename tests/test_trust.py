"""Whether a secret may go over a connection that showed this chain; the chains themselves: test_tls_chains.py."""

import subprocess
import sys

from certificates import DAY, HOST, NOW, authority, leaf
from pullcheck.trust import objection, verifies

ROOT = authority()
CA = authority("Example Trust CA 1", ROOT)
CHAIN = (leaf(CA).pem, CA.pem)


def test_a_chain_to_one_of_the_roots_verifies_for_its_name_and_in_its_time() -> None:
    assert verifies(CHAIN, HOST, ROOT.pem, NOW)
    assert not verifies(CHAIN, "other.example.com", ROOT.pem, NOW)
    assert not verifies(CHAIN, HOST, ROOT.pem, NOW + 400 * DAY)
    assert not verifies(CHAIN, HOST, authority("Stranger").pem, NOW)
    assert not verifies(CHAIN[:1], HOST, ROOT.pem, NOW)


def test_the_objection_is_true() -> None:
    address = leaf(CA, "10.0.10.20").pem

    assert "2026" in objection(CHAIN, HOST, NOW + 400 * DAY)
    assert objection(CHAIN, "other.example.com", NOW) == "it is not for other.example.com"
    assert objection(CHAIN, "10.0.10.20", NOW) == "it is not for 10.0.10.20"
    assert "not one that clients accept" in objection((address,), "10.0.10.20", NOW)
    assert "not one that clients accept" in objection(CHAIN[:1], f"{HOST}.", NOW)
    assert objection((), HOST, NOW) == "it cannot be read"


def test_what_cannot_be_read_does_not_verify() -> None:
    assert not verifies((*CHAIN, "no certificate"), HOST, ROOT.pem, NOW)
    assert not verifies((), HOST, ROOT.pem, NOW)
    assert not verifies(("no certificate",), HOST, ROOT.pem, NOW)
    assert not verifies(CHAIN, HOST, "no roots", NOW)


def test_asking_loads_the_library_and_importing_does_not() -> None:
    loaded = "import sys, pullcheck.trust; sys.exit('cryptography' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
