"""What was sealed stays: a province's login adds exhibits, and fills in only what intake finds out later."""

from provinces.declarations import InsertOnly

INSERT_ONLY = [
    InsertOnly(
        "evidence.Exhibit",
        columns=(
            "state",
            "refusal",
            "view_key",
            "view_sha256",
            "view_sm3",
            "view_size",
            "thumb_key",
            "width",
            "height",
            "metadata",
            "legal_kind",
            "withdrawn_at",
        ),
    ),
    InsertOnly("evidence.CustodyEvent"),
    InsertOnly("evidence.ExhibitUse"),
    InsertOnly("evidence.SheetFile"),
    InsertOnly("evidence.CartonWaybill"),
    InsertOnly("evidence.Package"),
    InsertOnly("evidence.PackageItem"),
    InsertOnly("evidence.UploadIncident"),
]
