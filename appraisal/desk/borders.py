"""Who may touch the desk's tables in the shared layer: the brands host alone. Doors part the organisations."""

from provinces.declarations import BRANDS, Grant, InsertOnly

INSERT_ONLY = [
    InsertOnly("desk.DeskOpinion"),
    InsertOnly("desk.DeskVerdict"),
    InsertOnly("desk.DeskWithdrawal"),
    InsertOnly("desk.DeskSceneSignature"),
]
RIGHTS = [
    Grant(model, to=BRANDS, rights="SELECT, INSERT, UPDATE, DELETE")
    for model in (
        "desk.DeskTask",
        "desk.DeskItem",
        "desk.DeskPhoto",
        "desk.DeskSupplement",
        "desk.DeskLine",
        "desk.DeskLinePhoto",
        "desk.DeskAppointment",
        "desk.ReplyTemplate",
        "desk.SavedFilter",
        "desk.DeskConsultation",
        "desk.DeskConsultationLine",
        "desk.DeskAssistance",
        "desk.DeskPosting",
    )
] + [Grant(rule.model, to=BRANDS, rights="SELECT, INSERT") for rule in INSERT_ONLY]
