"""The directory of provinces can be read by everybody: it tells host names and titles, which are public."""

from provinces.declarations import PARTY, PUBLIC, Grant

RIGHTS = [
    Grant(f"provinces.{model}", to=(PARTY, PUBLIC), rights="SELECT")
    for model in ("Province", "Domain", "DirectoryVersion")
]
