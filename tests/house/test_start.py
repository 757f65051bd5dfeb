"""What every process of the product pays for when it starts."""

import os
import subprocess
import sys

SELDOM = {"aiohttp", "cv2", "docx", "numpy", "onnxruntime", "openpyxl", "pyhanko", "pypinyin"}
"""Take half a second each to load and are used by few processes, some of them never."""


def test_a_start_loads_nothing_that_most_processes_never_use():
    asked = "import sys, django; django.setup(); print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", asked],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert "django" in loaded and not SELDOM & set(loaded)
