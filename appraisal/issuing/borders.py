"""Who may touch the tables of issuing: the brands host alone; the check page reads the register of certificates."""

from provinces.declarations import BRANDS, PUBLIC, Grant, InsertOnly

INSERT_ONLY = [InsertOnly("issuing.LetterApproval"), InsertOnly("issuing.LetterFile")]
RIGHTS = [
    *(
        Grant(f"issuing.{name}", to=BRANDS, rights="SELECT, INSERT, UPDATE")
        for name in (
            "IssuingSettings",
            "SigningCertificate",
            "OpinionLetter",
            "LetterHolder",
            "Mailing",
            "Certificate",
            "Notice",
            "Sample",
            "SampleEvent",
            "SamplePhoto",
            "Objection",
            "ReuseOffer",
            "ReuseItem",
        )
    ),
    *(
        Grant(f"issuing.{name}", to=BRANDS, rights="SELECT, INSERT, UPDATE, DELETE")
        for name in ("LetterItem", "LetterFinding")
    ),
    *(Grant(rule.model, to=BRANDS, rights="SELECT, INSERT") for rule in INSERT_ONLY),
    Grant("issuing.Certificate", to=PUBLIC, rights="SELECT"),
]
