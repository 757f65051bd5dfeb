from django.db import migrations, models


class Migration(migrations.Migration):
    """The common superior is told from ordinary provinces."""

    dependencies = [("provinces", "0001_provinces")]

    operations = [
        migrations.AddField(
            model_name="province",
            name="kind",
            field=models.CharField(
                choices=[("ordinary", "省级机关"), ("superior", "共同上级")],
                db_default="ordinary",
                default="ordinary",
                max_length=10,
                verbose_name="类别",
            ),
        ),
    ]
