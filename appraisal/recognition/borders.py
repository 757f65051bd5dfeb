"""Who may touch the library: the brands host alone. Doors part the organisations; provinces learn by letter."""

from provinces.declarations import BRANDS, Grant, InsertOnly

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
    )
] + [Grant("recognition.HintDecision", to=BRANDS, rights="SELECT, INSERT")]
