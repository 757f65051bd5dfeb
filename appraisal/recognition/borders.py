"""Who may touch the library: the brands host alone. Doors part the organisations; provinces learn by letter.

A province reads how long the worker took for its own photos, in sums by day.
"""

from provinces.declarations import BRANDS, ME, PROVINCES, Grant, InsertOnly, Policy

INSERT_ONLY = [InsertOnly("recognition.HintDecision")]
RIGHTS = [
    Grant(model, to=BRANDS, rights="SELECT, INSERT, UPDATE, DELETE")
    for model in (
        "recognition.Find",
        "recognition.LibraryEntry",
        "recognition.EntryPhoto",
        "recognition.PhotoLook",
        "recognition.CodeReading",
        "recognition.Hint",
        "recognition.CodeSighting",
        "recognition.SharedCode",
        "recognition.CodeAlert",
        "recognition.CodeAlert_sightings",
        "recognition.RunLink",
        "recognition.LookBack",
        "recognition.GuidePrice",
        "recognition.ItemNote",
        "recognition.IndexState",
        "recognition.LibraryChoice",
        "recognition.Elsewhere",
        "recognition.BandLimits",
        "recognition.ProvinceDay",
    )
] + [
    Grant("recognition.HintDecision", to=BRANDS, rights="SELECT, INSERT"),
    Grant("recognition.ProvinceDay", to=PROVINCES, rights="SELECT"),
]
POLICIES = [
    Policy("recognition.ProvinceDay", "province_day_brands", "ALL", using="true", check="true", to=BRANDS),
    Policy("recognition.ProvinceDay", "province_day_own", "SELECT", using=f"province_code = {ME}", to=PROVINCES),
]
