
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0004_clocks'),
    ]

    operations = [
        migrations.CreateModel(
            name='ArrivedSince',
            fields=[
                ('delivery', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='arrived_since', serialize=False, to='letters.delivery')),
                ('seat', models.CharField(max_length=31)),
                ('restoration_id', models.UUIDField()),
                ('delivered_at', models.DateTimeField()),
                ('again_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '备份后收到的函件',
                'indexes': [models.Index(models.F('seat'), condition=models.Q(('again_at', None)), name='arrived_since_open')],
            },
        ),
        migrations.CreateModel(
            name='SentSince',
            fields=[
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='sent_since', serialize=False, to='letters.letter')),
                ('seat', models.CharField(max_length=31)),
                ('restoration_id', models.UUIDField()),
                ('thread', models.UUIDField()),
                ('kind', models.CharField(max_length=60)),
                ('adopted_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '备份后发出的函件',
                'indexes': [models.Index(models.F('seat'), models.F('thread'), condition=models.Q(('adopted_at', None)), name='sent_since_open')],
            },
        ),
    ]
