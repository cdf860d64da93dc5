"""Second factors for tests: an authenticator app, its recovery codes, security keys."""

import os

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes as AllauthsCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.flows import recovery_codes as flows
from accounts.flows.recovery_codes import FreshCodes
from accounts.models import User


def app(user: User) -> Authenticator:
    """An authenticator app that is turned on. A person has at most one."""
    there = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return there or TOTP.activate(user, generate_totp_secret()).instance


def recovery_codes(user: User) -> Authenticator:
    """A fresh set, as it comes with the first factor. A person has at most one."""
    there = flows.of_person(user)
    return there or fresh_codes(user).row


def fresh_codes(user: User) -> FreshCodes:
    """The same, for tests that type some of them."""
    fresh = flows.make_first(user)
    assert fresh, "has codes already"
    return fresh


def older_codes(user: User) -> FreshCodes:
    """Codes as they were made and kept before they were hashed: from a seed, by allauth."""
    made = AllauthsCodes.activate(user)
    return FreshCodes(made.instance, made.generate_codes())


def security_key(user: User, name: str = "Key") -> Authenticator:
    """A key as a browser would register it, with a fresh pair of keys."""
    instance: Authenticator = WebAuthn.add(user, name, _registration()).instance
    return instance


def _registration() -> dict[str, object]:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    credential = AttestedCredentialData.create(
        Aaguid.NONE, os.urandom(16), ES256.from_cryptography_key(public)
    )
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    made_by = AuthenticatorData.create(os.urandom(32), flags, 0, credential)
    client = CollectedClientData.create("webauthn.create", os.urandom(16), "http://localhost")
    identity = websafe_encode(credential.credential_id)
    return {
        "id": identity,
        "rawId": identity,
        "type": "public-key",
        "response": {
            "attestationObject": websafe_encode(
                bytes(AttestationObject.create("none", made_by, {}))
            ),
            "clientDataJSON": websafe_encode(bytes(client)),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }
