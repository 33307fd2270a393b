"""Ed25519 keys in files and the signatures of anchors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from injectmap.domain.anchors import Anchor
from injectmap.domain.errors import InputRefused, StorageProblem
from injectmap.services.files import private

# A PEM of one key has some 120 characters.
_LIMIT = 4_096


class KeyFiles:
    """Signs with keys that stand in files outside the database; implements the Signatures port."""

    def make_key(self, path: Path) -> str:
        """Write a new key without a passphrase, readable by its owner alone; an existing file is refused."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        key = Ed25519PrivateKey.generate()
        text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            with private(path) as file:
                file.write(text)
        except FileExistsError:
            raise StorageProblem("file_exists", name=path.name) from None
        return _public(key)

    def sign(self, anchor: Anchor, path: Path) -> Anchor:
        """Return the anchor with the key's public half and signature; InputRefused for what is no such key."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            with path.open("rb") as file:
                text = file.read(_LIMIT)
        except FileNotFoundError:
            raise StorageProblem("file_missing", name=path.name) from None
        try:
            key = load_pem_private_key(text, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise InputRefused("signing_key_unreadable", name=path.name) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise InputRefused("signing_key_unreadable", name=path.name)
        named = anchor.with_key(_public(key))
        return replace(named, signature=key.sign(named.signed_text).hex())

    def holds(self, anchor: Anchor) -> bool:
        """True if the signature is that of the public key it names."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(anchor.public_key))
            key.verify(bytes.fromhex(anchor.signature), anchor.signed_text)
        except (InvalidSignature, ValueError):
            return False
        return True


def _public(key: object) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    assert isinstance(key, Ed25519PrivateKey)
    return key.public_key().public_bytes_raw().hex()
