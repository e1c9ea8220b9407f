from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0015_split_off_datasets")]

    operations = [
        migrations.RenameField("measurement", "recording", "dataset"),
        migrations.RenameField("historicalmeasurement", "recording", "dataset"),
    ]
