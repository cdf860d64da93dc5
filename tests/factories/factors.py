"""Second factors as they are stored after somebody added them."""

from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from factory.declarations import LazyFunction, SubFactory
from factory.django import DjangoModelFactory
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from tests.factories.accounts import UserFactory

CREDENTIAL_ID = b"a-passkey-of-tests"


def credential() -> dict[str, Any]:
    """What a browser answers when a passkey is made. Its private key is known to nobody."""
    key = ec.derive_private_key(20_251_122, ec.SECP256R1()).public_key()
    attested = AttestedCredentialData.create(
        bytes(16), CREDENTIAL_ID, ES256.from_cryptography_key(key)
    )
    flag = AuthenticatorData.FLAG
    data = AuthenticatorData.create(bytes(32), flag.UP | flag.UV | flag.AT, 1, attested)
    client = CollectedClientData.create(
        type="webauthn.create", challenge=bytes(16), origin="http://alpha.localhost"
    )
    return {
        "id": websafe_encode(CREDENTIAL_ID),
        "rawId": websafe_encode(CREDENTIAL_ID),
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        },
    }


class PasskeyFactory(DjangoModelFactory[Authenticator]):
    """A passkey that somebody added as a second factor."""

    class Meta:
        model = Authenticator

    user = SubFactory(UserFactory)
    type = Authenticator.Type.WEBAUTHN
    data = LazyFunction(lambda: {"name": "Laptop", "credential": credential()})
