"""What nobody was told of is looked for by nobody: a letter whose wake was lost with the broker stays where it is."""

GUARD = "G6"


def plant():
    from federation.letters import tasks

    tasks.sweep.run = lambda: 0
