
import kernel.clock
import kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='LogReturn',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('party', models.CharField(max_length=60, verbose_name='发件方')),
                ('log', models.CharField(max_length=31)),
                ('held_size', models.BigIntegerField(verbose_name='原见证的记录数')),
                ('size', models.BigIntegerField(verbose_name='恢复后的记录数')),
                ('rows_of', models.DateTimeField(verbose_name='数据截至')),
                ('head_id', models.UUIDField(unique=True)),
                ('received_at', models.DateTimeField(default=kernel.clock.now, verbose_name='收到时间')),
            ],
            options={
                'verbose_name': '日志回退',
                'ordering': ['-received_at'],
                'indexes': [models.Index(models.F('log'), models.F('received_at'), name='log_return_of_log')],
            },
        ),
    ]
