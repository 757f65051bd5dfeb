"""The receipt is written in a transaction of its own, after the receiver's has committed."""

import os

GUARD = "G6"


def plant():
    from django.db import transaction

    from federation.letters import delivery

    os.environ["PLANT_IN_WORKER"] = __name__.rpartition(".")[2]
    sign = delivery._sign
    delivery._sign = lambda waiting: transaction.on_commit(lambda: sign(waiting))
