from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import kernel.ids


class Migration(migrations.Migration):

    dependencies = [
        ('gateway', '0001_tokens_and_keys'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OldCall',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('seat', models.CharField(max_length=31)),
                ('operation', models.CharField(max_length=200, verbose_name='接口')),
                ('instead', models.CharField(max_length=200, verbose_name='改用')),
                ('until', models.DateField(verbose_name='接口停用日期')),
                ('calls', models.PositiveIntegerField(default=0, verbose_name='次数')),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField(null=True, verbose_name='最近一次')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-last_at'],
                'constraints': [models.UniqueConstraint(fields=('user', 'seat', 'operation'), name='old_call_once')],
            },
        ),
    ]
