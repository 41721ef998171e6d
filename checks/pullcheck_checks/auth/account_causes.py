"""What is the matter with an account that the registry refuses, where its answer or its make tells."""

from pullcheck.verdict import Basis, Cause, Severity

USERNAME_FORM = Cause(
    "auth.username-form",
    breaks="The registry wants a user name of a certain form with this kind of password, and was given another.",
    seen="The credentials are answered 401, and the registry's host or service says which make it is.",
    fix="Have the function return the user name in the form that the registry's make wants; in a shell, put it in"
    " single quotes.",
    basis=Basis.INFERENCE,
    source="NVIDIA NGC, Amazon ECR, Google Artifact Registry and Harbor documentation, authentication of clients",
)
LOCKOUT = Cause(
    "auth.account-lockout",
    breaks="The account is locked, as directories do after a number of failed logins.",
    seen="The message of the answer that refuses the credentials.",
    fix="Unlock the account, and give SageMaker one of its own that no policy locks.",
    basis=Basis.INFERENCE,
    source="The registry's own message",
)
SOURCE_IP = Cause(
    "auth.source-ip-allow-list",
    breaks="The registry takes requests from listed addresses only, and the one that asked is not on the list.",
    seen="A 401 or 403 whose message speaks of the client's address.",
    fix="Add the model subnets' ranges, or the Elastic IP addresses of their NAT gateways, to the registry's list.",
    basis=Basis.INFERENCE,
    source="The registry's own message; RFC 9110 section 15.5.4",
)
NEXUS_REALM = Cause(
    "auth.nexus-token-realm-off",
    breaks="Nexus gives out tokens and does not take them back: its Docker Bearer Token Realm is not active.",
    seen="Server: Nexus; the token request answers 200, and the manifest 401 with the token.",
    fix="In Nexus, under Security, Realms, make the Docker Bearer Token Realm active.",
    basis=Basis.FIELD_REPORT,
    source="Sonatype Nexus Repository documentation, Docker authentication; reports of 401 after login",
    certain=False,
)
CREDS_EXPIRING = Cause(
    "auth.creds-expiring",
    breaks="The function returns a password that it did not fetch for this call and that expires: later starts fail.",
    seen="The password is a token that tells when it was issued and when it expires; it was not issued just now.",
    fix="Have the function fetch a token anew at each call, or return an account's password that does not expire.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, private Docker registry for real-time inference; RFC 7519 section 4.1",
    severity=Severity.WARNING,
    certain=False,
)
CREDS_EXPIRED = Cause(
    "auth.creds-expired",
    breaks="The password is a token whose time is over.",
    seen="The credentials are answered 401, and the password says that it has expired, or the registry's message does.",
    fix="Have the function fetch a token anew at each call, or return an account's password that does not expire.",
    basis=Basis.SPECIFICATION,
    source="RFC 7519 section 4.1.4; the registry's own message",
)
EDGE_SPACE = Cause(
    "auth.credentials-edge-space",
    breaks="User name or password, which the registry refuses, begins or ends with blank space or a newline.",
    seen="The credentials are answered 401; the text that was sent is longer than without the blank space at its ends.",
    fix="Store the values without it: a file read whole, or echo without -n, brings a newline along.",
    basis=Basis.INFERENCE,
    source="RFC 7617 section 2",
    certain=False,
)
ACCOUNT = (USERNAME_FORM, LOCKOUT, SOURCE_IP, NEXUS_REALM, CREDS_EXPIRING, CREDS_EXPIRED, EDGE_SPACE)
