"""How far a connection was told goes to its counter; two at one moment are kept apart by the database."""

from collections import defaultdict

from django.db import migrations, models


def from_parcels(apps, schema_editor):
    """As far as the parcels that are still there tell, each begun where the one before it ended."""
    told, manifests = defaultdict(dict), {}
    parcels = apps.get_model("parcels", "Parcel").objects.exclude(sequence=None).order_by("connection_id", "sequence")
    for parcel in parcels.iterator():
        mine = told[parcel.connection_id]
        manifests[parcel.connection_id] = parcel.manifest_sha256
        for kind in parcel.kinds:
            if kind not in mine or parcel.since <= mine[kind] < parcel.until:
                mine[kind] = parcel.until
    counters = apps.get_model("parcels", "Counter").objects
    for connection_id, kinds in told.items():
        counters.filter(pk=connection_id).update(
            manifest_sha256=manifests[connection_id], told={kind: at.isoformat() for kind, at in kinds.items()}
        )


class Migration(migrations.Migration):

    dependencies = [
        ('parcels', '0003_receipts'),
    ]

    operations = [
        migrations.AddField(
            model_name='counter',
            name='manifest_sha256',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='counter',
            name='told',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.RunPython(from_parcels, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='parcel',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('connection_id',), name='parcel_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['refused', 'dropped']), _negated=True), fields=('connection_id', 'sha256'), name='parcel_report_file_once'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['taking', 'taken'])), fields=('connection_id', 'sequence'), name='parcel_report_taken_once'),
        ),
    ]
