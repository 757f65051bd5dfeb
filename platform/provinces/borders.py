"""Rights on this app's tables, and on those of apps that stand below or beside it and so cannot name the vocabulary.

The directory of provinces and the tables of divisions can be read by everybody: they tell host names, titles and
published codes. Which parties live in other installations is kept by the office. The trail is written and never
changed; of a document number only its being void is.
"""

from provinces.declarations import BRANDS, COURIER, ME, OFFICE, PARTY, PUBLIC, Grant, InsertOnly, Policy

RIGHTS = [
    Grant(model, to=(PARTY, PUBLIC), rights="SELECT")
    for model in (
        "provinces.Province",
        "provinces.Domain",
        "provinces.DirectoryVersion",
        "provinces.SchemaVersion",
        "divisions.Division",
        "divisions.Township",
        "divisions.DivisionHistory",
        "divisions.Zone",
    )
] + [
    Grant("provinces.RemoteParty", to=(PARTY, PUBLIC, COURIER), rights="SELECT"),
    Grant("provinces.RemoteParty", to=OFFICE, rights="INSERT, UPDATE, DELETE"),
    Grant("provinces.DirectoryVersion", to=OFFICE, rights="UPDATE", columns=("version",)),
    Grant("audit.ReadLine", to=PUBLIC, rights="INSERT"),
    *(
        Grant(model, to=COURIER, rights="SELECT")
        for model in (
            "provinces.Province",
            "provinces.Domain",
            "provinces.DirectoryVersion",
            "provinces.SchemaVersion",
        )
    ),
    Grant(
        "provinces.ClosedProvince",
        to=(PARTY, PUBLIC, COURIER),
        rights="SELECT",
        columns=("id", "code", "division_code", "name", "bureau_title", "hosts", "opened_at", "closed_at"),
    ),
]
POLICIES = [
    # The brands host and the office write into one table and read their own lines.
    Policy(
        "audit.ReadLine",
        "read_line_own",
        "ALL",
        using=f"seat = {ME}",
        check=f"seat = {ME}",
        to=(BRANDS, OFFICE),
    ),
    # The bare domain shows certificates to whoever holds number and code, and reads no line; the office does.
    Policy("audit.ReadLine", "read_line_of_links", "INSERT", check=f"seat = {ME}", to=PUBLIC),
    Policy("audit.ReadLine", "read_line_of_public", "SELECT", using="seat = 'public'", to=OFFICE),
]
INSERT_ONLY = [
    InsertOnly("audit.Trail"),
    InsertOnly("audit.ReadLine"),
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
    InsertOnly("provinces.ClosedProvince"),
]
