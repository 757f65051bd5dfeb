from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('linkage', '0001_linkage'),
    ]

    operations = [
        migrations.AlterField(
            model_name='outgoing',
            name='state',
            field=models.CharField(choices=[('waiting', '待送'), ('held', '对照有误，未送'), ('sending', '正在送'), ('sent', '已送达'), ('settled', '已另行送达'), ('cancelled', '不再送'), ('refused', '对方退回')], default='waiting', max_length=10, verbose_name='状态'),
        ),
    ]
