"""Run once more, one after the other, what has just failed beside a second worker on a busy machine.

    python tests/again.py

Says which tests those are. Exit status of the second run; 1 when the first run ended for another reason.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
MOST = 5
"""More failures than this are no accident of a busy machine."""


def main() -> int:
    """Read what pytest kept of its last run, and run that."""
    failed = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    # pytest-xdist writes the group behind the name.
    names = [name.rsplit("@", 1)[0] if name.rfind("@") > name.rfind("]") else name for name in failed]
    if not names or len(names) > MOST:
        return 1
    print(f"== 单独再跑一次 / once more, alone: {', '.join(names)}", flush=True)
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *names], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
