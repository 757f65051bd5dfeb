"""Static files under names that change with their content, imports between ES modules included."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

_DIGEST = re.compile(r"\.[0-9a-f]{12}\.[^./]+$")


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """As whitenoise's, and `import "./x.js"` is rewritten too: a new page never runs with an old module."""

    support_js_module_import_aggregation = True

    def url_converter(self, name: str, hashed_files: dict[str, Any], template: str | None = None) -> Callable[..., str]:
        """Leave alone what names no file: others' packages write `import("../htmx")` in comments about types."""
        convert = super().url_converter(name, hashed_files, template)

        def careful(match: re.Match[str]) -> str:
            found = match.groupdict()
            if name.endswith(".js") and "import" in found["matched"] and not found["url"].endswith(".js"):
                return found["matched"]
            return convert(match)

        return careful

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Those with a digest in the name alone: pages ask for no other, and the largest takes seconds."""
        yield from super().compress_files(path for path in paths if _DIGEST.search(path))
