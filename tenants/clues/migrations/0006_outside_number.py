"""The number of a case that is kept outside, of a clue that ended with it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clues", "0005_ledger")]

    operations = [
        migrations.AddField(
            model_name="clue",
            name="outside_number",
            field=models.CharField(
                blank=True,
                default="",
                help_text="of the case it ended with, where that is kept outside",
                max_length=80,
                verbose_name="办案系统案号",
            ),
            preserve_default=False,
        ),
    ]
