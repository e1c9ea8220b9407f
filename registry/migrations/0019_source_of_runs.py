"""The hash of the source a run computed with; runs of before have none, and are not outdated by it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0018_start_times"),
    ]

    operations = [
        migrations.AddField(
            model_name="analysisrun",
            name="source_hash",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Hash of the source the analysis computed with; empty if it was not recorded.",
                max_length=64,
            ),
        ),
    ]
