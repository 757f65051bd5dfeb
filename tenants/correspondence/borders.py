"""Rows of the province that are never changed: approvals, results, what was noted of a letter on paper."""

from provinces.declarations import InsertOnly

INSERT_ONLY = [
    InsertOnly("correspondence.LetterApproval"),
    InsertOnly("correspondence.LetterResult"),
    InsertOnly("correspondence.CourseStep"),
    InsertOnly("correspondence.LetterFile"),
    InsertOnly("correspondence.AssistanceAnswer"),
    InsertOnly("correspondence.AssistanceExtension"),
    InsertOnly("correspondence.CarriedTerm"),
    InsertOnly("correspondence.EvidenceBeside"),
    InsertOnly("correspondence.FilingClaim"),
    InsertOnly("correspondence.ClaimsSettled"),
    InsertOnly("correspondence.CertifiedCopy"),
]
