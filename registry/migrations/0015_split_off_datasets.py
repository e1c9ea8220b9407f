from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0014_names_unique_by_their_keys")]

    operations = [
        migrations.RenameField("dataset", "alone", "split_off"),
        migrations.RenameField("historicaldataset", "alone", "split_off"),
    ]
