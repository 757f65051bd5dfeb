from django.db import migrations, models


class Migration(migrations.Migration):
    """The trace that a delivery belongs to. Code that does not know it writes none."""

    dependencies = [("letters", "0005_restored")]

    operations = [
        migrations.AddField(
            "delivery", "traceparent", models.CharField(blank=True, db_default="", default="", max_length=55)
        ),
    ]
