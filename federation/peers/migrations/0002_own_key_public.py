from django.db import migrations, models


class Migration(migrations.Migration):
    """Which of several master keys one of ours follows from. Code that does not know it leaves it empty."""

    dependencies = [("peers", "0001_peers")]

    operations = [
        migrations.AddField(
            "ownkey", "public_key", models.CharField(blank=True, db_default="", default="", max_length=43)
        ),
    ]
