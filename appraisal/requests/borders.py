"""What this app's tables allow beyond the province's usual rights. See `provinces.grants`."""

from appraisal.requests import models

INSERT_ONLY = [
    models.Opinion,
    models.Verdict,
    models.VerdictWithdrawal,
]
