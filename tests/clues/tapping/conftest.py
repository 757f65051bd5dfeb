"""The same people and inspection as for inspections."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_spec = spec_from_file_location(
    "inspections_world", Path(__file__).resolve().parents[2] / "inspections" / "conftest.py"
)
assert _spec is not None and _spec.loader is not None
_module = module_from_spec(_spec)
_spec.loader.exec_module(_module)
world, opened, lot, complete = _module.world, _module.opened, _module.lot, _module.complete
post_goes, lin_answers = _module.post_goes, _module.lin_answers
