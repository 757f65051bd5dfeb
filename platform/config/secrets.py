"""Keys that an operator did not give are made once and kept in var/, readable by this user alone."""

import os
import secrets
from pathlib import Path


def kept_key(given: str, name: str, var_dir: Path) -> str:
    """Return `given`, or the key kept as var_dir/keys/name, made at the first call."""
    if given:
        return given
    path = var_dir / "keys" / name
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)  # atomic: of several processes that start together, one key wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()
