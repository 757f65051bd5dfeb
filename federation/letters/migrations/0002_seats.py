from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

SEATS = """
UPDATE letters_letter l SET seats = ARRAY[l.sender_seat] || ARRAY(
    SELECT DISTINCT d.addressee_seat FROM letters_delivery d WHERE d.letter_id = l.id);
UPDATE letters_letterbody b SET seats = l.seats FROM letters_letter l WHERE l.id = b.letter_id;
"""


class Migration(migrations.Migration):
    """Who may read a letter stands in its row."""

    dependencies = [("letters", "0001_letters")]

    operations = [
        migrations.AddField("letter", "seats", ArrayField(models.CharField(max_length=31), default=list)),
        migrations.AddField("letterbody", "seats", ArrayField(models.CharField(max_length=31), default=list)),
        migrations.RunSQL(SEATS, migrations.RunSQL.noop),
    ]
