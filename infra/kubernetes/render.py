"""Render the chart with Helm, as it is and with each of examples/, into rendered/: `make chart`.

Helm is the program on PATH, or its library in the package helm-python-sdk. What was rendered is kept, with a digest of
what it was made of, so that it can be checked where there is no Helm, and applied by `kubectl` alone.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
CHART, EXAMPLES, RENDERED = HERE / "chazhenjia", HERE / "examples", HERE / "rendered"
NAME = "czj"


def variants() -> dict[str, Path | None]:
    """What is rendered: the chart's own values, and each example."""
    return {"default": None, **{file.stem: file for file in sorted(EXAMPLES.glob("*.yaml"))}}


def digest(values: Path | None) -> str:
    """Of the chart and of the values."""
    made_of = sorted(file for file in CHART.rglob("*") if file.is_file()) + ([values] if values else [])
    found = hashlib.sha256()
    for file in made_of:
        found.update(str(file.relative_to(HERE)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def has_helm() -> bool:
    """Whether there is a Helm here."""
    return bool(shutil.which("helm") or find_spec("helm_python"))


def render(values: Path | None) -> list[dict[str, Any]]:
    """The manifests, sorted by kind and name."""
    if shutil.which("helm"):
        command = ["helm", "template", NAME, str(CHART), "--namespace", NAME, *(["-f", str(values)] if values else [])]
        texts = [subprocess.run(command, check=True, capture_output=True, text=True).stdout]
    else:
        import helm_python

        given = yaml.safe_load(values.read_text("utf-8")) if values else {}
        chart = helm_python.Chart.load(str(CHART))
        chart.validate_schema(given)
        texts = list(chart.render(given, name=NAME, namespace=NAME).values())
    found = [each for text in texts for each in yaml.safe_load_all(text) if each]
    return sorted(found, key=lambda each: (each["kind"], each["metadata"]["name"]))


def as_text(values: Path | None) -> str:
    """What is kept of one variant."""
    body = "---\n".join(yaml.safe_dump(each, allow_unicode=True, width=120) for each in render(values))
    return f"# Made by `make chart`; not to be written by hand.\n# of: {digest(values)}\n{body}"


def main() -> None:
    """Render all."""
    if not has_helm():
        sys.exit(
            "!! 没有 helm：请安装 helm，或 pip install helm-python-sdk。\n!! No helm: install it, or helm-python-sdk."
        )
    RENDERED.mkdir(exist_ok=True)
    for name, values in variants().items():
        text = as_text(values)
        (RENDERED / f"{name}.yaml").write_text(text, "utf-8")
        sys.stdout.write(json.dumps({"variant": name, "manifests": text.count("\n---\n") + 1}) + "\n")


if __name__ == "__main__":
    main()
