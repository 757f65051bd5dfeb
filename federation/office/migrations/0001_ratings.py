from django.db import migrations, models

import kernel.ids


class Migration(migrations.Migration):
    """How useful answers were."""

    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("delivery_id", models.UUIDField(unique=True, verbose_name="投递")),
                ("letter_kind", models.CharField(max_length=60, verbose_name="种类")),
                ("rated_by", models.CharField(max_length=60, verbose_name="评价方")),
                ("answered_by", models.CharField(max_length=60, verbose_name="答复方")),
                ("score", models.PositiveSmallIntegerField(verbose_name="评价")),
                ("rated_at", models.DateTimeField(verbose_name="评价时间")),
            ],
            options={
                "verbose_name": "答复评价",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 1), ("score__lte", 3)), name="rating_of_three"
                    )
                ],
            },
        ),
    ]
