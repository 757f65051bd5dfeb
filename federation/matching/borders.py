"""Who may touch the shared copies of these tables: the office what it found, the brands host what it was asked."""

from provinces.declarations import BRANDS, OFFICE, Grant, InsertOnly

_KEPT = "SELECT, INSERT, UPDATE"

INSERT_ONLY = [
    InsertOnly("matching.Probe"),
    InsertOnly("matching.ProbeNote"),
    InsertOnly("matching.TallyRelease"),
    InsertOnly("matching.DigestStop"),
    InsertOnly("matching.Tally", columns=("looked", "held", "found")),
]
RIGHTS = [
    *(
        Grant(f"matching.{name}", to=OFFICE, rights=_KEPT)
        for name in ("Pair", "PairStep", "BrandAsk", "Series", "SeriesPair", "SeriesRequest", "SeriesMember")
    ),
    *(Grant(f"matching.{name}", to=OFFICE) for name in ("ProbeNote", "TallyRelease", "DigestStop", "Tally")),
    Grant("matching.Tally", to=OFFICE, rights="UPDATE", columns=("looked", "held", "found")),
    *(Grant(f"matching.{name}", to=BRANDS, rights=_KEPT) for name in ("BrandQuestion", "RaisedSeries")),
]
