"""Who may do what with the parties' tables: provinces read what is published, applications are between two."""

from provinces.declarations import BRANDS, OFFICE, PROVINCES, PUBLIC, Grant

_KEPT = "SELECT, INSERT, UPDATE"
_FULL = "SELECT, INSERT, UPDATE, DELETE"

RIGHTS = [
    Grant("parties.Organisation", to=(PROVINCES, BRANDS, PUBLIC), rights="SELECT"),
    Grant("parties.Organisation", to=OFFICE, rights=_KEPT),
    Grant("parties.Trademark", to=PROVINCES, rights="SELECT"),
    Grant("parties.Trademark", to=OFFICE, rights="SELECT, INSERT"),
    Grant("parties.Trademark", to=BRANDS, rights=_FULL),
    Grant("parties.Coverage", to=(PROVINCES, OFFICE), rights="SELECT"),
    Grant("parties.Coverage", to=BRANDS, rights=_KEPT),
    Grant("parties.Enrolment", to=(BRANDS, OFFICE), rights=_KEPT),
    Grant("parties.EnrolmentDocument", to=BRANDS, rights=_FULL),
    Grant("parties.EnrolmentDocument", to=OFFICE, rights="SELECT"),
    Grant("parties.Document", to=BRANDS, rights="SELECT, INSERT"),
    Grant("parties.Membership", to=(BRANDS, OFFICE), rights=_KEPT),
    Grant("parties.Authorisation", to=BRANDS, rights=_KEPT),
    Grant("parties.Authorisation", to=OFFICE, rights="SELECT"),
    Grant("parties.Authorisation_trademarks", to=BRANDS, rights="SELECT, INSERT"),
    Grant("parties.Mandate", to=BRANDS, rights=_KEPT),
    Grant("parties.Mandate", to=OFFICE, rights="SELECT"),
    Grant("parties.DutySlot", to=BRANDS, rights=_FULL),
    Grant("parties.DutyAbsence", to=BRANDS, rights=_FULL),
    Grant("parties.WantedBrand", to=OFFICE, rights=_KEPT),
]
