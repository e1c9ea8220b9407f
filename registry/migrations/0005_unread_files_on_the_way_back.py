"""Nothing to do on the way forward. On the way back, files that wait to be read become what the older state knows."""

from django.db import migrations

TEXT = "The file had not been read when the registry went back to an older version: `manage.py reparse` reads it."


def settle(apps, schema_editor):
    unread = apps.get_model('registry', 'Dataset').objects.filter(status__in=('queued', 'reading'))
    unread.exclude(content_sha256='').update(status='parsed')
    unread.filter(content_sha256='').update(status='failed', messages=[{'text': TEXT, 'level': 'warning'}])


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0004_files_read_in_the_background'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, settle),
    ]
