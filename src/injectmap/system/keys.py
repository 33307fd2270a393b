"""Keys on this computer: wraps them under a passphrase, keeps slot files beside clinics, and asks the system's keyring.

Nothing of the libraries is imported before it is used: opening a clinic with the key in hand needs none of them.
"""

from __future__ import annotations

import errno
import secrets
from pathlib import Path

from injectmap.domain.errors import StorageProblem
from injectmap.domain.keys import (
    KEY_BYTES,
    NONCE_BYTES,
    SALT_BYTES,
    SLOT_FILE_BYTES,
    Cost,
    Slot,
    SlotFile,
    bound_to,
    slot_path,
    slots_from_json,
    slots_to_json,
)
from injectmap.services.files import put_whole

# Under this name, by the clinic's id, the key stands in the system's keyring.
SERVICE = "injectmap"
# Backends below this keep what they are given in the clear, or not at all.
_KEEPS_SECRETS = 1


class Sealer:
    """Wraps a data key with AES-GCM under a key derived by Argon2id; implements the port of the same name."""

    def new_key(self) -> bytes:
        """A random data key."""
        return secrets.token_bytes(KEY_BYTES)

    def seal(self, key: bytes, passphrase: str, clinic_id: str, cost: Cost) -> Slot:
        """Wrap a key with fresh salt and nonce."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
        wrapped = AESGCM(_derived(passphrase, salt, cost)).encrypt(nonce, key, bound_to(clinic_id))
        return Slot(cost, salt, nonce, wrapped)

    def unseal(self, slot: Slot, passphrase: str, clinic_id: str) -> bytes | None:
        """The key; None if it is not this passphrase, or the slot was changed."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        cipher = AESGCM(_derived(passphrase, slot.salt, slot.cost))
        try:
            return cipher.decrypt(slot.nonce, slot.wrapped, bound_to(clinic_id))
        except InvalidTag:
            return None


def _derived(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        passphrase.encode("utf-8", "surrogatepass"),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


class SlotFolder:
    """Reads and writes the slot file beside a clinic; implements the port SlotFiles."""

    def read(self, clinic: Path) -> SlotFile | None:
        """The slots of a clinic; None if the file is not there. StorageProblem if it cannot be read."""
        path = slot_path(clinic)
        try:
            with path.open("rb") as file:
                content = file.read(SLOT_FILE_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError:
            raise StorageProblem("keys_unreadable", name=path.name) from None
        return slots_from_json(content, name=path.name)

    def write(self, clinic: Path, slots: SlotFile) -> None:
        """Replace the slots of a clinic at once; StorageProblem if they cannot be written."""
        path = slot_path(clinic)
        try:
            put_whole(path, slots_to_json(slots).encode())
        except OSError as error:
            code = "disk_full" if error.errno == errno.ENOSPC else "keys_not_written"
            raise StorageProblem(code, name=path.name) from None


class SystemKeyring:
    """The system's keyring; whatever fails in it counts as not there, for the passphrase always opens a clinic."""

    @property
    def works(self) -> bool:
        """True if this computer keeps secrets for the person signed in to it."""
        try:
            import keyring

            return bool(keyring.get_keyring().priority >= _KEEPS_SECRETS)
        except Exception:  # noqa: BLE001 - backends raise what they like
            return False

    def get(self, clinic_id: str) -> bytes | None:
        """The key of a clinic; None if it is not kept here."""
        if not self.works:
            return None
        try:
            import keyring

            key = bytes.fromhex(keyring.get_password(SERVICE, clinic_id) or "")
        except Exception:  # noqa: BLE001 - backends raise what they like
            return None
        return key if len(key) == KEY_BYTES else None

    def keep(self, clinic_id: str, key: bytes) -> bool:
        """Keep the key of a clinic; False if that did not work."""
        if not self.works:
            return False
        try:
            import keyring

            keyring.set_password(SERVICE, clinic_id, key.hex())
        except Exception:  # noqa: BLE001 - backends raise what they like
            return False
        return self.get(clinic_id) == key

    def forget(self, clinic_id: str) -> bool:
        """Take the key of a clinic away; False if it is still there."""
        try:
            import keyring

            keyring.delete_password(SERVICE, clinic_id)
        except Exception:  # noqa: BLE001 - what is not there cannot be taken away either
            return self.get(clinic_id) is None
        return self.get(clinic_id) is None
