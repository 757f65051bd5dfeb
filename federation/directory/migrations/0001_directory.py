from django.db import migrations, models

import kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("ref", models.CharField(max_length=60, unique=True, verbose_name="单位标识")),
                ("province", models.CharField(max_length=31, verbose_name="省份")),
                ("code", models.CharField(max_length=40, verbose_name="单位编码")),
                ("name", models.CharField(max_length=80, verbose_name="单位名称")),
                ("kind", models.CharField(max_length=40, verbose_name="类别")),
                ("division_code", models.CharField(max_length=9, verbose_name="行政区划代码")),
                ("parent_code", models.CharField(blank=True, max_length=40, verbose_name="上级单位编码")),
                ("agency_word", models.CharField(blank=True, max_length=20, verbose_name="机关代字")),
                ("postal", models.CharField(blank=True, max_length=200, verbose_name="通讯地址")),
                ("told_at", models.DateTimeField(verbose_name="报送时间")),
                ("is_removed", models.BooleanField(default=False, verbose_name="已撤并")),
            ],
            options={
                "verbose_name": "名录条目",
                "indexes": [models.Index(fields=["province", "ref"], name="entry_of_province")],
            },
        ),
    ]
