"""Who may touch the desk's tables in the shared layer: the brands host alone. Doors part the organisations."""

from provinces.declarations import BRANDS, Grant

from appraisal.desk import models

INSERT_ONLY = [
    models.DeskOpinion,
    models.DeskVerdict,
    models.DeskWithdrawal,
]
_FULL = "SELECT, INSERT, UPDATE, DELETE"
RIGHTS = [
    *(
        Grant(model, to=BRANDS, rights=_FULL)
        for model in (
            models.DeskTask,
            models.DeskItem,
            models.DeskPhoto,
            models.DeskSupplement,
            models.DeskLine,
            models.DeskLinePhoto,
            models.DeskAppointment,
            models.ReplyTemplate,
            models.DeskConsultation,
            models.DeskConsultationLine,
            models.DeskAssistance,
        )
    ),
    *(Grant(model, to=BRANDS, rights="SELECT, INSERT") for model in INSERT_ONLY),
]
