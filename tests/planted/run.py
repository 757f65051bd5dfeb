"""Prove the guards: each must be green by itself and red with its fault planted. Prints one line a fault.

    python tests/planted/run.py [FAULT…]

Exit status 1 when a guard is red by itself or stays green with a fault.
"""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def said_by(fault: str) -> tuple[str, str]:
    """`GUARD = "…"` and `AT = "…"` (or "") of a fault module, read without importing it."""
    said = {"GUARD": "", "AT": ""}
    for node in ast.parse((HERE / f"{fault}.py").read_text()).body:
        if isinstance(node, ast.Assign) and (name := getattr(node.targets[0], "id", "")) in said:
            said[name] = str(ast.literal_eval(node.value))
    if not said["GUARD"]:
        raise SystemExit(f"tests/planted/{fault}.py names no GUARD")
    return said["GUARD"], said["AT"]


def files_of(guard: str) -> list[str]:
    """Test files that mention the guard's mark: collecting all the others takes longer than running these."""
    mark = re.compile(rf"""guard\(["']{guard}["']\)""")
    return [str(file) for file in sorted(ROOT.glob("tests/**/test_*.py")) if mark.search(file.read_text())]


def run(guard: str, *options: str) -> tuple[int, str]:
    """Exit status and output of one pytest run of a guard."""
    # A planted run fails on purpose: no shrinking, no database of examples, no second try.
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *files_of(guard),
            "-q",
            "-p",
            "no:cacheprovider",
            "--no-header",
            "--tb=line",
            "--guard",
            guard,
            *options,
        ],
        cwd=ROOT,
        env=os.environ | {"PLANTED_RUN": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


def main() -> int:
    """Try each fault; return the exit status."""
    faults = sys.argv[1:] or sorted(file.stem for file in HERE.glob("*.py") if file.stem != "run")
    alone: dict[tuple[str, str], tuple[int, str]] = {}
    bad = 0
    for fault in faults:
        guard, at = said_by(fault)
        there = ("--at", at) if at else ()
        if (guard, at) not in alone:
            alone[guard, at] = run(guard, *there)
        status, output = alone[guard, at]
        trials = re.search(rf"guard {guard}: (\d+) trials", output)
        planted_status, planted_output = run(guard, *there, "--plant", fault)
        failed = re.search(r"(\d+) failed", planted_output)
        proved = status == 0 and planted_status == 1 and failed is not None
        verdict = "proved" if proved else "NOT PROVED"
        red = failed[0] if failed else f"no failure ({planted_status})"
        sys.stdout.write(
            f"{guard} {fault}: {verdict} · by itself {'green' if status == 0 else f'red ({status})'},"
            f" {trials[1] if trials else '?'} trials · planted {red}\n"
        )
        if not proved:
            bad += 1
            sys.stdout.write("\n".join((output if status else planted_output).splitlines()[-15:]) + "\n")
        sys.stdout.flush()
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
