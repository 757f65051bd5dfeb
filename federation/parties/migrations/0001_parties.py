
import django.contrib.postgres.fields
import django.db.models.deletion
import kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('brand_enterprise', '品牌企业'), ('association', '行业协会'), ('agency', '委托代理机构')], default='brand_enterprise', max_length=20, verbose_name='类别')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('short_name', models.CharField(blank=True, max_length=40, verbose_name='简称')),
                ('uscc', models.CharField(max_length=18, unique=True, verbose_name='统一社会信用代码')),
                ('state', models.CharField(choices=[('active', '在用'), ('suspended', '暂停'), ('left', '已退出')], default='active', max_length=12, verbose_name='状态')),
                ('joined_at', models.DateTimeField(auto_now_add=True, verbose_name='入驻时间')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Coverage',
            fields=[
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='coverage', serialize=False, to='parties.organisation')),
                ('on_duty', models.BooleanField(default=False)),
                ('next_on_duty_at', models.DateTimeField(blank=True, null=True)),
                ('median_answer_s', models.PositiveIntegerField(blank=True, null=True)),
                ('answered_30d', models.PositiveIntegerField(default=0)),
                ('products', models.PositiveIntegerField(default=0)),
                ('updated_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('title', models.CharField(max_length=80, verbose_name='文件')),
                ('object_key', models.CharField(max_length=120)),
                ('sha256', models.CharField(max_length=64)),
                ('size_bytes', models.PositiveIntegerField()),
                ('media_type', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='parties.organisation')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='查询码')),
                ('kind', models.CharField(choices=[('brand_enterprise', '品牌企业'), ('association', '行业协会'), ('agency', '委托代理机构')], max_length=20, verbose_name='类别')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('uscc', models.CharField(max_length=18, verbose_name='统一社会信用代码')),
                ('contact_name', models.CharField(max_length=40, verbose_name='联系人')),
                ('contact_phone', models.CharField(max_length=20, verbose_name='联系电话')),
                ('contact_email', models.EmailField(blank=True, max_length=254, verbose_name='联系邮箱')),
                ('brands', models.TextField(blank=True, max_length=1000, verbose_name='品牌')),
                ('trademarks', models.JSONField(blank=True, default=list, help_text='[{reg_no, name, nice_classes}]', verbose_name='商标')),
                ('state', models.CharField(choices=[('draft', '填写中'), ('submitted', '待审核'), ('approved', '已通过'), ('refused', '未通过')], default='draft', max_length=12, verbose_name='状态')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='未通过的原因')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='提交时间')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='审核时间')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrolment', to='parties.organisation', verbose_name='入驻单位')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='EnrolmentDocument',
            fields=[
                ('title', models.CharField(max_length=80, verbose_name='文件')),
                ('object_key', models.CharField(max_length=120)),
                ('sha256', models.CharField(max_length=64)),
                ('size_bytes', models.PositiveIntegerField()),
                ('media_type', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='parties.enrolment')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('brand_admin', '企业管理员'), ('appraiser', '鉴定人员'), ('rights_staff', '维权人员')], max_length=20, verbose_name='角色')),
                ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='parties.organisation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
            ],
            options={
                'ordering': ['user__username', 'role'],
            },
        ),
        migrations.CreateModel(
            name='DutySlot',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('weekday', models.PositiveSmallIntegerField(help_text='0: Monday', verbose_name='星期')),
                ('starts', models.TimeField(verbose_name='开始')),
                ('ends', models.TimeField(verbose_name='结束')),
                ('rank', models.PositiveSmallIntegerField(default=0, verbose_name='次序')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duty_slots', to='parties.organisation')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duty_slots', to='parties.membership')),
            ],
            options={
                'ordering': ['weekday', 'starts', 'rank'],
            },
        ),
        migrations.CreateModel(
            name='DutyAbsence',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('from_at', models.DateTimeField(verbose_name='起')),
                ('until_at', models.DateTimeField(verbose_name='止')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to='parties.membership')),
                ('substitute', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='substituting', to='parties.membership')),
            ],
            options={
                'ordering': ['from_at'],
            },
        ),
        migrations.CreateModel(
            name='Trademark',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('reg_no', models.CharField(max_length=9, verbose_name='商标注册号')),
                ('name', models.CharField(max_length=60, verbose_name='商标')),
                ('nice_classes', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None, verbose_name='尼斯分类')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='有效期至')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='trademarks', to='parties.organisation')),
            ],
            options={
                'ordering': ['reg_no'],
            },
        ),
        migrations.CreateModel(
            name='Authorisation',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=60, verbose_name='编号')),
                ('nice_classes', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None, verbose_name='商品类别')),
                ('territory', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=31), default=list, size=None, verbose_name='地域')),
                ('valid_from', models.DateField(verbose_name='起始日')),
                ('valid_until', models.DateField(verbose_name='截止日')),
                ('state', models.CharField(choices=[('active', '有效'), ('withdrawn', '已撤回')], default='active', max_length=12, verbose_name='状态')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorisations', to='parties.organisation')),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.document')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorisations', to='parties.membership')),
                ('trademarks', models.ManyToManyField(related_name='authorisations', to='parties.trademark', verbose_name='商标')),
            ],
            options={
                'ordering': ['valid_until', 'number'],
            },
        ),
        migrations.CreateModel(
            name='WantedBrand',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('brand_name', models.CharField(max_length=80, verbose_name='品牌')),
                ('province_code', models.CharField(max_length=31, verbose_name='省份')),
                ('count', models.PositiveIntegerField(default=0, verbose_name='次数')),
                ('last_at', models.DateTimeField(verbose_name='最近一次')),
            ],
            options={
                'ordering': ['-count', 'brand_name'],
                'constraints': [models.UniqueConstraint(fields=('brand_name', 'province_code'), name='wanted_once')],
            },
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('association', '协会代会员鉴定'), ('power_of_attorney', '委托代理')], max_length=20, verbose_name='类别')),
                ('valid_from', models.DateField(verbose_name='起始日')),
                ('valid_until', models.DateField(verbose_name='截止日')),
                ('scope', models.CharField(blank=True, max_length=200, verbose_name='范围')),
                ('state', models.CharField(choices=[('offered', '待对方确认'), ('active', '有效'), ('ended', '已终止')], default='active', max_length=12, verbose_name='状态')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates_held', to='parties.organisation', verbose_name='受托方')),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.document')),
                ('principal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates_given', to='parties.organisation', verbose_name='委托方')),
            ],
            options={
                'ordering': ['valid_until'],
                'constraints': [models.CheckConstraint(condition=models.Q(('agent', models.F('principal')), _negated=True), name='mandate_between_two'), models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valid_from'))), name='mandate_days_in_order')],
            },
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('user', 'organisation', 'role'), name='membership_once'),
        ),
        migrations.AddConstraint(
            model_name='dutyslot',
            constraint=models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='duty_weekday'),
        ),
        migrations.AddConstraint(
            model_name='dutyslot',
            constraint=models.CheckConstraint(condition=models.Q(('rank__lte', 2)), name='duty_rank'),
        ),
        migrations.AddConstraint(
            model_name='dutyabsence',
            constraint=models.CheckConstraint(condition=models.Q(('until_at__gt', models.F('from_at'))), name='absence_in_order'),
        ),
        migrations.AddConstraint(
            model_name='trademark',
            constraint=models.UniqueConstraint(fields=('organisation', 'reg_no'), name='trademark_once'),
        ),
        migrations.AddConstraint(
            model_name='authorisation',
            constraint=models.UniqueConstraint(fields=('organisation', 'number'), name='authorisation_number_once'),
        ),
        migrations.AddConstraint(
            model_name='authorisation',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valid_from'))), name='authorisation_days_in_order'),
        ),
    ]
