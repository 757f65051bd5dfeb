"""What the lock files pin: Python packages with hashes, npm packages with their integrity."""

from __future__ import annotations

import base64
import json
import re
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
NOT_DELIVERED = {"combine-errors"}
"""npm packages that only Node would load: the files that browsers get do not hold them, and images drop them."""
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==(?P<version>[^ ;\\]+)(?P<rest>.*)$")
_HASH = re.compile(r"--hash=(?P<kind>sha\d+):(?P<digest>[0-9a-f]+)")


@dataclass(frozen=True)
class Pinned:
    """One package. runs: it is there when the product runs, and not only where it is made and tested."""

    ecosystem: str
    name: str
    version: str
    hashes: tuple[tuple[str, str], ...]
    runs: bool
    licence: str

    @property
    def purl(self) -> str:
        """Package URL, the name that advisories go by."""
        shown = self.name.replace("@", "%40", 1) if self.ecosystem == "npm" else self.name.lower().replace("_", "-")
        return f"pkg:{self.ecosystem}/{shown}@{self.version}"


def python_packages() -> list[Pinned]:
    """All of requirements/*.txt; whoever is in base or models runs."""
    told = licences()
    found: dict[tuple[str, str], Pinned] = {}  # one package may have two versions, for old and new Pythons
    for kind in ("base", "models", "dev"):
        for name, version, hashes in _requirements(ROOT / "requirements" / f"{kind}.txt"):
            licence = told.get(name) or _declared(name)
            found.setdefault((name, version), Pinned("pypi", name, version, hashes, kind != "dev", licence))
    return sorted(found.values(), key=lambda each: (each.name, each.version))


def npm_packages() -> list[Pinned]:
    """All of package-lock.json."""
    held = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    found = set()
    for place, entry in held.items():
        if not place:
            continue
        name = place.rpartition("node_modules/")[2]
        kind, _, digest = entry.get("integrity", "").partition("-")
        hashes = ((kind, base64.b64decode(digest).hex()),) if digest else ()
        runs = not entry.get("dev", False) and name not in NOT_DELIVERED
        licence = str(entry.get("license") or licences().get(name, ""))
        found.add(Pinned("npm", name, entry["version"], hashes, runs, licence))
    return sorted(found, key=lambda each: (each.name, each.version))


def licences() -> dict[str, str]:
    """What packages do not tell plainly by themselves, read by a person: infra/packages/licences.toml."""
    told: dict[str, str] = tomllib.loads((HERE / "licences.toml").read_text("utf-8"))["packages"]
    return told


def allowed() -> dict[str, list[str]]:
    """SPDX names: `runs` for what is delivered, `makes` for what only makes and tests it."""
    told: dict[str, list[str]] = tomllib.loads((HERE / "licences.toml").read_text("utf-8"))["allowed"]
    return told


def _requirements(file: Path) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    lines = file.read_text("utf-8").replace("\\\n", " ").splitlines()
    found = []
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _PIN.match(line)
        if match is None:
            raise ValueError(f"{file.name}: not pinned: {line.strip()}")
        hashes = tuple((each["kind"], each["digest"]) for each in _HASH.finditer(match["rest"]))
        found.append((match["name"], match["version"], hashes))
    return found


def _declared(name: str) -> str:
    """SPDX expression that the installed package declares; empty when it tells none, or is not for this machine."""
    try:
        return str(metadata(name).get("License-Expression") or "")
    except PackageNotFoundError:
        return ""
