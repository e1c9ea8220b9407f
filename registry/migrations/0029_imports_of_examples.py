from django.db import migrations
from django.db.models import F
from django.db.models.functions import Substr

REASON = "load_example "


def mark_imports(apps, schema_editor):
    """Name the example of each change an import made; its reason was the command until now."""
    for model in apps.get_app_config("registry").get_models():
        if any(field.name == "history_import" for field in model._meta.get_fields()):
            rows = model.objects.using(schema_editor.connection.alias)
            imported = rows.filter(history_change_reason__startswith=REASON)
            imported.update(history_import=Substr(F("history_change_reason"), len(REASON) + 1))


class Migration(migrations.Migration):
    dependencies = [("registry", "0028_imports_in_histories")]

    operations = [migrations.RunPython(mark_imports, migrations.RunPython.noop)]
