"""Steps of a target of a joint action are events, and say where it is."""

GUARD = "hour"


def plant():
    from tenants.campaigns.models import JointTarget
    from webhooks import events

    verbs = (*JointTarget.MOVES, "create", "mark", "add_target", "add")
    events.register(
        events.EventKind(
            name="joint_target.step",
            words="",
            model="campaigns.JointTarget",
            verbs=verbs,
            door=lambda _user, ids: ids,
            payload=lambda row: {"where": row.address},
        )
    )
