"""Results of a file with several recordings were those of the last one, which nobody chose: they are stale until
somebody does. Nothing to do on the way back."""

from django.db import migrations
from django.db.models import Count, Min
from django.utils import timezone


def doubt(apps, schema_editor):
    datasets = apps.get_model('registry', 'Dataset').objects.exclude(content_sha256='').order_by()
    newest = {}
    files = datasets.values('measurement', 'raw_file').annotate(first=Min('pk'), recordings=Count('pk'))
    for file in files.order_by('first'):
        newest[file['measurement']] = file['recordings']
    several = [measurement for measurement, recordings in newest.items() if recordings > 1]
    runs = apps.get_model('registry', 'AnalysisRun').objects.filter(is_latest=True, stale_since=None)
    for start in range(0, len(several), 500):
        found = runs.filter(measurement__in=several[start : start + 500], inputs__has_key='dataset.sha256')
        found.update(stale_since=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0007_one_recording_in_use'),
    ]

    operations = [
        migrations.RunPython(doubt, migrations.RunPython.noop),
    ]
