"""The same people and inspection as for papers."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_spec = spec_from_file_location("papers_world", Path(__file__).resolve().parents[1] / "papers" / "conftest.py")
assert _spec is not None and _spec.loader is not None
_module = module_from_spec(_spec)
_spec.loader.exec_module(_module)
world, inspection, seizure = _module.world, _module.inspection, _module.seizure
