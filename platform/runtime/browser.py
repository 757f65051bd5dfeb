"""A Chromium for tests and pictures, and Chinese fonts for it and for drawing.

Nothing is downloaded here: the browser is the one on PATH, or the one packed in the npm package
`@sparticuz/chromium`; the fonts are those of `@expo-google-fonts/noto-sans-sc` and `noto-serif-sc`.
"""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path

from runtime.faults import RuntimeFault

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = ROOT / "node_modules"
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONT_WEIGHTS = {400: "Regular", 500: "Medium", 700: "Bold", 900: "Black"}


def var_dir() -> Path:
    """The folder for what is made on this machine; VAR_DIR of the environment, else `var/` of the checkout."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()


def font_file(weight: int = 400, *, serif: bool = False) -> Path:
    """A TrueType file with all common Chinese characters, for Pillow and typst. weight: 400, 500, 700 or 900.

    Raises RuntimeFault `runtime_no_font` if the front-end packages are not installed.
    """
    family, short = ("noto-serif-sc", "NotoSerifSC") if serif else ("noto-sans-sc", "NotoSansSC")
    name = f"{weight}{FONT_WEIGHTS[weight]}"
    file = NODE_MODULES / "@expo-google-fonts" / family / name / f"{short}_{name}.ttf"
    if not file.is_file():
        raise RuntimeFault(
            "runtime_no_font",
            zh="缺少中文字体：请运行 make run 或 make test，它会安装前端包和字体。",
            en="The Chinese fonts are missing: `make run` or `make test` installs them with the front-end packages.",
            file=str(file),
        )
    return file


def _unpack(packed: Path, target: Path) -> None:
    """Unpack one brotli file, a tar archive into the folder `target`, anything else to the file `target`."""
    import brotli

    content = brotli.decompress(packed.read_bytes())
    if packed.name.endswith(".tar.br"):
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            # Python before 3.11.4 knows no filters; the archive is one that the lock file names by its digest.
            archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
            archive.extractall(target)
    else:
        target.write_bytes(content)
        target.chmod(0o755)


def _packed_chromium() -> Path:
    """Chromium out of the npm package, unpacked once per version to `var/tools`."""
    package = NODE_MODULES / "@sparticuz" / "chromium"
    packed = package / "bin" / "chromium.br"
    if not packed.is_file():
        raise RuntimeFault(
            "runtime_no_browser",
            zh="没有浏览器：请安装 chromium（Debian：apt install chromium），或运行 make test，它会装一个。",
            en="No browser: install chromium (Debian: apt install chromium), or run `make test`, which brings one.",
        )
    tools = var_dir() / "tools"
    folder = tools / f"chromium-{packed.stat().st_size}-{packed.stat().st_mtime_ns}"
    tools.mkdir(parents=True, exist_ok=True)
    with (tools / "chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "chromium").exists():
            fresh = folder.with_name(folder.name + ".new")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            _unpack(package / "bin" / "al2023.tar.br", fresh)
            _unpack(package / "bin" / "swiftshader.tar.br", fresh)
            _unpack(packed, fresh / "chromium")
            fresh.rename(folder)
    return folder / "chromium"


@cache
def chromium_path() -> Path:
    """The browser to start. `CHROMIUM` of the environment wins, then PATH, then the packed one.

    Raises RuntimeFault `runtime_no_browser` if there is none.
    """
    given = os.environ.get("CHROMIUM")
    if given:
        return Path(given)
    for name in ON_PATH:
        found = shutil.which(name)
        if found:
            return Path(found)
    return _packed_chromium()


def launch_args() -> list[str]:
    """Arguments that a browser needs on a test machine: no sandbox as root, even text, no use of /dev/shm."""
    arguments = ["--disable-dev-shm-usage", "--font-render-hinting=none", "--no-default-browser-check", "--no-pings"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return arguments


def _libraries_missing(program: Path) -> bool:
    """True if the dynamic loader does not find every library that `program` names."""
    ldd = shutil.which("ldd")
    if ldd is None:
        return False
    return "not found" in subprocess.run([ldd, str(program)], capture_output=True, text=True, check=False).stdout


def _font_configuration() -> Path:
    """A fontconfig file that puts the packaged fonts before those of the machine: pictures are alike anywhere."""
    folder = var_dir() / "tools" / "fontconfig"
    folder.mkdir(parents=True, exist_ok=True)
    folders = [font_file(weight, serif=serif).parent for serif in (False, True) for weight in (400, 700)]
    lines = "\n".join(f"  <dir>{path}</dir>" for path in folders)
    text = f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
{lines}
  <cachedir>{folder / "cache"}</cachedir>
  <alias binding="strong"><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias binding="strong"><family>system-ui</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias binding="strong"><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias>
</fontconfig>
"""
    file = folder / "fonts.conf"
    if not file.exists() or file.read_text() != text:
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_text(text)
        fresh.replace(file)
    return file


@cache
def browser_env() -> dict[str, str]:
    """The environment of the browser process: ours, with the packaged fonts, and the packed libraries where missing."""
    program = chromium_path()
    env = dict(os.environ)
    libraries = program.parent / "lib"
    if libraries.is_dir() and _libraries_missing(program):
        env["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, [str(libraries), env.get("LD_LIBRARY_PATH", "")]))
    if NODE_MODULES.is_dir():
        env["FONTCONFIG_FILE"] = str(_font_configuration())
    return env
