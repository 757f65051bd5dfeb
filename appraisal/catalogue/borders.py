"""Who may do what with the catalogue. Published tables are read by everybody; a shot list, once published, stays.

Drafts, checkpoints, references and their log are granted to the brands host alone.
"""

from provinces.declarations import BRANDS, OFFICE, PROVINCES, Grant, InsertOnly

_KEPT = "SELECT, INSERT, UPDATE"
_FULL = "SELECT, INSERT, UPDATE, DELETE"

RIGHTS = [
    *(
        Grant(f"catalogue.{name}", to=PROVINCES, rights="SELECT")
        for name in ("Category", "Brand", "Product", "Barcode", "ShotList", "Shot", "ShotSample")
    ),
    Grant("catalogue.Category", to=BRANDS, rights="SELECT"),
    *(Grant(f"catalogue.{name}", to=OFFICE, rights=_KEPT) for name in ("Category", "Brand", "Product")),
    *(Grant(f"catalogue.{name}", to=BRANDS, rights=_KEPT) for name in ("Brand", "Product")),
    Grant("catalogue.Barcode", to=BRANDS, rights=_FULL),
    Grant("catalogue.Barcode", to=OFFICE, rights="SELECT, INSERT"),
    *(
        Grant(f"catalogue.{name}", to=(BRANDS, OFFICE), rights="SELECT, INSERT")
        for name in ("ShotList", "Shot", "ShotSample")
    ),
    Grant("catalogue.ProductDraft", to=BRANDS, rights=_FULL),
    Grant("catalogue.Checkpoint", to=BRANDS, rights=_KEPT),
    Grant("catalogue.SecretCheckpoint", to=BRANDS, rights=_KEPT),
    Grant("catalogue.ReferenceImage", to=BRANDS, rights=_KEPT),
    Grant("catalogue.ReferenceView", to=BRANDS, rights="SELECT, INSERT"),
]


INSERT_ONLY = [InsertOnly(f"catalogue.{name}") for name in ("ShotList", "Shot", "ShotSample", "ReferenceView")]
