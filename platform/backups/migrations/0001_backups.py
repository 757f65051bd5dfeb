import kernel.clock
import kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Backup',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('scope', models.CharField(max_length=31, verbose_name='范围')),
                ('kind', models.CharField(choices=[('by_hand', '人工备份'), ('nightly', '每晚备份'), ('safety', '恢复前备份')], max_length=10, verbose_name='类别')),
                ('state', models.CharField(choices=[('running', '正在备份'), ('done', '已完成'), ('failed', '没有完成')], default='running', max_length=10, verbose_name='状态')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('place', models.CharField(max_length=300, verbose_name='存放位置')),
                ('version', models.CharField(max_length=40, verbose_name='版本')),
                ('began_at', models.DateTimeField(default=kernel.clock.now, verbose_name='开始时间')),
                ('snapshot_at', models.DateTimeField(null=True, verbose_name='数据截至')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('bytes', models.BigIntegerField(default=0, verbose_name='字节数')),
                ('objects_new', models.PositiveIntegerField(default=0, verbose_name='新增文件数')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='摘要')),
                ('problem', models.CharField(blank=True, max_length=300, verbose_name='原因')),
                ('taken_away_at', models.DateTimeField(null=True, verbose_name='清理时间')),
            ],
            options={
                'verbose_name': '备份',
                'ordering': ['-began_at'],
                'indexes': [models.Index(fields=['scope', '-began_at'], name='backup_of_scope')],
            },
        ),
        migrations.CreateModel(
            name='Rehearsal',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('scope', models.CharField(max_length=31, verbose_name='范围')),
                ('backup_name', models.CharField(max_length=80, verbose_name='备份名称')),
                ('state', models.CharField(choices=[('running', '正在演练'), ('passed', '演练通过'), ('failed', '演练未通过')], default='running', max_length=10, verbose_name='状态')),
                ('began_at', models.DateTimeField(default=kernel.clock.now, verbose_name='开始时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('findings', models.JSONField(default=dict, verbose_name='结果')),
            ],
            options={
                'verbose_name': '恢复演练',
                'ordering': ['-began_at'],
                'indexes': [models.Index(fields=['scope', '-began_at'], name='rehearsal_of_scope')],
            },
        ),
        migrations.CreateModel(
            name='Restoration',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('scope', models.CharField(max_length=31, verbose_name='范围')),
                ('backup_name', models.CharField(max_length=80, verbose_name='备份名称')),
                ('state', models.CharField(choices=[('running', '正在恢复'), ('done', '已恢复'), ('failed', '没有完成')], default='running', max_length=10, verbose_name='状态')),
                ('snapshot_at', models.DateTimeField(verbose_name='数据截至')),
                ('began_at', models.DateTimeField(default=kernel.clock.now, verbose_name='开始时间')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='停用时间')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('new_host', models.BooleanField(default=False, verbose_name='新主机')),
                ('report', models.JSONField(default=dict, verbose_name='恢复报告')),
            ],
            options={
                'verbose_name': '恢复',
                'ordering': ['-began_at'],
                'indexes': [models.Index(fields=['scope', '-began_at'], name='restoration_of_scope')],
            },
        ),
    ]
