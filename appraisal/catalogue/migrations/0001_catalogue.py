
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parties', '0001_parties'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ShotSample',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('data', models.BinaryField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Brand',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80, verbose_name='品牌')),
                ('pinyin', models.CharField(blank=True, max_length=160)),
                ('initials', models.CharField(blank=True, max_length=80)),
                ('owner_company', models.CharField(blank=True, max_length=80, verbose_name='权利人')),
                ('is_enrolled', models.BooleanField(default=False, verbose_name='已入驻')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='brands', to='parties.organisation', verbose_name='入驻单位')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='编码')),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('pilot', models.BooleanField(default=False, verbose_name='试点')),
                ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='catalogue.category')),
            ],
            options={
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80, verbose_name='产品')),
                ('spec', models.CharField(blank=True, max_length=40, verbose_name='规格')),
                ('nice_class', models.PositiveSmallIntegerField(verbose_name='尼斯分类')),
                ('guide_price_yuan', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='指导价（元）')),
                ('state', models.CharField(choices=[('live', '在用'), ('retired', '已下架')], default='live', max_length=10, verbose_name='状态')),
                ('shot_list_version', models.PositiveIntegerField(default=0, verbose_name='拍照模板版本')),
                ('pinyin', models.CharField(blank=True, max_length=240)),
                ('initials', models.CharField(blank=True, max_length=120)),
                ('search_text', models.CharField(blank=True, max_length=500)),
                ('grams', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None)),
                ('brand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalogue.brand')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalogue.category')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='parties.organisation')),
            ],
            options={
                'ordering': ['name', 'spec'],
            },
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('name', models.CharField(max_length=120, verbose_name='检查点')),
                ('shot_code', models.CharField(blank=True, max_length=40)),
                ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checkpoints', to='catalogue.product')),
            ],
            options={
                'ordering': ['position', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Barcode',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('gtin', models.CharField(max_length=14, verbose_name='条码')),
                ('kind', models.CharField(choices=[('item', '单件'), ('case', '整箱')], default='item', max_length=10, verbose_name='类别')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='barcodes', to='catalogue.product')),
            ],
            options={
                'ordering': ['gtin'],
            },
        ),
        migrations.CreateModel(
            name='ProductDraft',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('brand_name', models.CharField(max_length=80, verbose_name='品牌')),
                ('name', models.CharField(max_length=80, verbose_name='产品')),
                ('spec', models.CharField(blank=True, max_length=40, verbose_name='规格')),
                ('nice_class', models.PositiveSmallIntegerField(verbose_name='尼斯分类')),
                ('guide_price_yuan', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='指导价（元）')),
                ('barcodes', models.JSONField(blank=True, default=list)),
                ('shots', models.JSONField(blank=True, default=list)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.category', verbose_name='产品类别')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='product_drafts', to='parties.organisation')),
                ('updated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-updated_at'],
            },
        ),
        migrations.CreateModel(
            name='ReferenceImage',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('shot_code', models.CharField(max_length=40)),
                ('title', models.CharField(blank=True, max_length=80, verbose_name='说明')),
                ('object_key', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='references', to='catalogue.product')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['shot_code', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ReferenceView',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('seen_at', models.DateTimeField()),
                ('reference', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='views', to='catalogue.referenceimage')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='SecretCheckpoint',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('name', models.CharField(max_length=120, verbose_name='检查点')),
                ('shot_code', models.CharField(blank=True, max_length=40)),
                ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secret_checkpoints', to='catalogue.product')),
            ],
            options={
                'ordering': ['position', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ShotList',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('published_at', models.DateTimeField(verbose_name='发布时间')),
                ('published_by', models.CharField(blank=True, max_length=40, verbose_name='发布人')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shot_lists', to='catalogue.product')),
            ],
            options={
                'ordering': ['-version'],
            },
        ),
        migrations.CreateModel(
            name='Shot',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=40, verbose_name='拍照项')),
                ('hint', models.CharField(blank=True, max_length=120, verbose_name='提示')),
                ('required', models.BooleanField(default=True, verbose_name='必拍')),
                ('in_quick_set', models.BooleanField(default=False, verbose_name='快拍')),
                ('overlay', models.CharField(blank=True, max_length=40, verbose_name='取景框')),
                ('shot_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shots', to='catalogue.shotlist')),
                ('sample', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.shotsample')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.AddIndex(
            model_name='brand',
            index=models.Index(fields=['name'], name='brand_name_prefix', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='brand',
            index=models.Index(fields=['pinyin'], name='brand_pinyin_prefix', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='brand',
            index=models.Index(fields=['initials'], name='brand_initials_prefix', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddConstraint(
            model_name='brand',
            constraint=models.UniqueConstraint(fields=('name', 'owner_company'), name='brand_once'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['name'], name='product_name_prefix', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['pinyin'], name='product_pinyin_prefix', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['initials'], name='product_initials_prefix', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='product',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search_text'], name='product_trigrams', opclasses=['gin_trgm_ops'], fastupdate=False),
        ),
        migrations.AddIndex(
            model_name='product',
            index=django.contrib.postgres.indexes.GinIndex(fields=['grams'], name='product_bigrams', fastupdate=False),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.UniqueConstraint(fields=('brand', 'name', 'spec'), name='product_once'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('nice_class__gte', 1), ('nice_class__lte', 45)), name='product_nice_class'),
        ),
        migrations.AddConstraint(
            model_name='barcode',
            constraint=models.UniqueConstraint(fields=('gtin', 'product'), name='barcode_once'),
        ),
        migrations.AddConstraint(
            model_name='shotlist',
            constraint=models.UniqueConstraint(fields=('product', 'version'), name='shot_list_version_once'),
        ),
        migrations.AddConstraint(
            model_name='shot',
            constraint=models.UniqueConstraint(fields=('shot_list', 'code'), name='shot_code_once'),
        ),
        migrations.AddConstraint(
            model_name='shot',
            constraint=models.UniqueConstraint(fields=('shot_list', 'position'), name='shot_position_once'),
        ),
    ]
