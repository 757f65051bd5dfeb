"""The directory of units (名录), as those who write to one ask for it.

A published list: bureaux of all divisions by their ordinary names, corrected by what provinces tell of theirs.
"""

from federation.directory.book import (
    KIND_NAMES,
    DirectoryUnit,
    ProvinceInBook,
    bureau_of,
    find,
    province_named,
    provinces,
    unit,
    units,
)

__all__ = [
    "KIND_NAMES",
    "DirectoryUnit",
    "ProvinceInBook",
    "bureau_of",
    "find",
    "province_named",
    "provinces",
    "unit",
    "units",
]
