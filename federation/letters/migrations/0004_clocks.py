from django.db import migrations, models
from django.db.models import Q

OWED = ("waiting", "dead", "delivered", "opened", "accepted")


class Migration(migrations.Migration):
    """Letters whose answer is owed, by their term; letters from the office, by addressee."""

    dependencies = [("letters", "0003_courier")]

    operations = [
        migrations.AddIndex(
            "delivery",
            models.Index("due_at", "id", condition=Q(due_at__isnull=False, state__in=OWED), name="delivery_owed"),
        ),
        migrations.AddIndex(
            "delivery", models.Index("addressee", "id", condition=Q(sender="office"), name="delivery_from_office")
        ),
    ]
