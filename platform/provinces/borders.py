"""Rights on this app's tables, and on those of apps that stand below or beside it and so cannot name the vocabulary.

The directory of provinces and the tables of divisions can be read by everybody: they tell host names, titles and
published codes. Which parties live in other installations is kept by the office. The trail is written and never
changed; of a document number only its being void is.
"""

from provinces.declarations import COURIER, OFFICE, PARTY, PUBLIC, Grant, InsertOnly

RIGHTS = [
    Grant(model, to=(PARTY, PUBLIC), rights="SELECT")
    for model in (
        "provinces.Province",
        "provinces.Domain",
        "provinces.DirectoryVersion",
        "divisions.Division",
        "divisions.Township",
        "divisions.DivisionHistory",
        "divisions.Zone",
    )
] + [
    Grant("provinces.RemoteParty", to=(PARTY, PUBLIC, COURIER), rights="SELECT"),
    Grant("provinces.RemoteParty", to=OFFICE, rights="INSERT, UPDATE, DELETE"),
    Grant("provinces.DirectoryVersion", to=OFFICE, rights="UPDATE", columns=("version",)),
    *(
        Grant(model, to=COURIER, rights="SELECT")
        for model in ("provinces.Province", "provinces.Domain", "provinces.DirectoryVersion")
    ),
]
INSERT_ONLY = [
    InsertOnly("audit.Trail"),
    InsertOnly("audit.NumberSeries", columns=("last",)),
    InsertOnly("audit.IssuedNumber", columns=("state", "void_reason")),
    InsertOnly("audit.LogEntry", columns=("position",)),
    InsertOnly("audit.LogNode"),
    InsertOnly("audit.LogHead"),
    InsertOnly(
        "audit.HeadStamp",
        columns=("state", "authority", "is_demo", "response", "stamped_at", "tries", "next_try_at", "problem"),
    ),
    InsertOnly(
        "audit.HeadWitness",
        columns=("state", "answered_at", "reason", "held_size", "body", "public_key", "signature"),
    ),
    InsertOnly("audit.WitnessedHead"),
]
