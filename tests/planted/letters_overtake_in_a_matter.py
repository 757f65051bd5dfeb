"""A letter no longer waits for the earlier ones of its matter."""

GUARD = "G7"


def plant():
    from django.db.models import Exists

    from federation.letters import delivery
    from federation.letters.models import Delivery

    delivery._earlier_unsettled = lambda: Exists(Delivery.objects.none())
