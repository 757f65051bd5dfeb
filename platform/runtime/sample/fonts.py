"""One Chinese font for the drawn labels, found once."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

_ROOT = Path(__file__).resolve().parents[3]
_NAMES = {
    100: "Thin",
    200: "ExtraLight",
    300: "Light",
    400: "Regular",
    500: "Medium",
    600: "SemiBold",
    700: "Bold",
    800: "ExtraBold",
    900: "Black",
}


class FontMissing(RuntimeError):
    """No Chinese font is installed, so nothing can be drawn."""

    code = "sample.font_missing"

    def __init__(self) -> None:
        super().__init__(
            "没有找到中文字体：请先执行 npm ci，或安装 Noto Sans CJK。 "
            "No Chinese font found: run npm ci, or install Noto Sans CJK."
        )


@lru_cache(maxsize=256)
def font(weight: int, serif: bool = False, size: int = 32) -> ImageFont.FreeTypeFont:
    """The font of one weight (100 to 900) and size in pixels.

    Looks in the npm packages first, then asks fontconfig. Raises FontMissing.
    """
    return ImageFont.truetype(str(_font_file(weight, serif)), size)


@lru_cache(maxsize=32)
def _font_file(weight: int, serif: bool) -> Path:
    name = _NAMES[min(_NAMES, key=lambda known: abs(known - weight))]
    value = next(number for number, known in _NAMES.items() if known == name)
    families = (("noto-serif-sc", "NotoSerifSC"), ("noto-sans-sc", "NotoSansSC"))
    for package, stem in families if serif else families[1:]:
        path = _ROOT / "node_modules/@expo-google-fonts" / package / f"{value}{name}" / f"{stem}_{value}{name}.ttf"
        if path.is_file():
            return path
    fc_match = shutil.which("fc-match")
    if fc_match:
        pattern = f"{'serif' if serif else 'sans-serif'}:lang=zh-cn:style={name}"
        answer = subprocess.run(
            [fc_match, "-f", "%{file}\n%{lang}", pattern], capture_output=True, text=True, check=False, timeout=20
        ).stdout
        file, _, languages = answer.partition("\n")
        if "zh-cn" in languages and Path(file).is_file():
            return Path(file)
    raise FontMissing
