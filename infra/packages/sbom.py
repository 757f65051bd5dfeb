"""Bill of materials (CycloneDX 1.6) out of the lock files: `make sbom`.

    python infra/packages/sbom.py [FILE]      default: var/sbom.json; with --runs only what is delivered

The same lock files make the same bytes: no time, no random number is in it.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from locks import ROOT, Pinned, npm_packages, python_packages

_NAMES = {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512", "sha1": "SHA-1"}


def component(each: Pinned) -> dict[str, Any]:
    """One package as CycloneDX tells it. The file that a machine takes is one of those with these hashes."""
    told: dict[str, Any] = {
        "type": "library",
        "bom-ref": each.purl,
        "name": each.name,
        "version": each.version,
        "purl": each.purl,
        "scope": "required" if each.runs else "excluded",
    }
    if each.licence:
        told["licenses"] = [{"expression": each.licence}]
    if each.hashes:
        told["externalReferences"] = [
            {
                "type": "distribution",
                "url": each.purl,
                "hashes": [{"alg": _NAMES[kind], "content": digest} for kind, digest in each.hashes],
            }
        ]
    return told


def bill(*, only_running: bool = False) -> dict[str, Any]:
    """The whole bill."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = [each for each in (*python_packages(), *npm_packages()) if each.runs or not only_running]
    components = [component(each) for each in sorted(found, key=lambda each: each.purl)]
    digest = hashlib.sha256(json.dumps(components, sort_keys=True).encode()).hexdigest()
    number = f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
    root = f"pkg:generic/{project['name']}@{project['version']}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": project["name"],
                "version": project["version"],
                "description": project["description"],
            }
        },
        "components": components,
        "dependencies": [{"ref": root, "dependsOn": [each["bom-ref"] for each in components]}],
    }


def main(arguments: list[str]) -> None:
    """Write it."""
    files = [each for each in arguments if not each.startswith("-")]
    file = Path(files[0]) if files else ROOT / "var" / "sbom.json"
    told = bill(only_running="--runs" in arguments)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
    sys.stdout.write(f"{file}: {len(told['components'])} packages\n")


if __name__ == "__main__":
    main(sys.argv[1:])
