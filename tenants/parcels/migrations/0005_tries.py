"""How often the check of a file was begun."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parcels", "0004_told")]
    operations = [
        migrations.AddField("report", "tries", models.PositiveSmallIntegerField(default=0, db_default=0)),
    ]
