"""What can go wrong on the machine itself, said so that a person knows what to do.

Not a `kernel.errors.Problem`: those speak the language of a request through Django, and there is neither here.
"""

from __future__ import annotations

from typing import Any


class RuntimeFault(Exception):
    """A part of the machine is not as it must be.

    code: stable (`runtime_already_running`). data: plain values for logs and tests.
    The sentences say what to do, in Chinese and in English; both are printed, since they appear in a terminal
    before any language is known.
    """

    def __init__(self, code: str, *, zh: str, en: str, **data: Any) -> None:
        super().__init__(f"{zh} / {en} [{code}]")
        self.code = code
        self.zh = zh
        self.en = en
        self.data = data
