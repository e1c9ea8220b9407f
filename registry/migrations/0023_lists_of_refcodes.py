import hashlib
import json
from itertools import islice

from django.db import migrations

BATCH = 200
PREFIX = "measurements."


def _list_refcodes(inputs):
    """The inputs with a list in place of refcodes joined by commas: `measurements.eis`, but no fact of one of them."""
    return {
        path: {"list": fact.split(", ")} if isinstance(fact, str) and _is_list(path) else fact
        for path, fact in inputs.items()
    }


def _join_refcodes(inputs):
    return {path: ", ".join(fact["list"]) if isinstance(fact, dict) else fact for path, fact in inputs.items()}


def _is_list(path):
    return path.startswith(PREFIX) and "." not in path[len(PREFIX) :]


def _hash(run):
    content = {"analysis": run.analysis, "version": run.version, "parameters": run.parameters, "inputs": run.inputs}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _change_inputs(change):
    def change_runs(apps, schema_editor):
        runs = apps.get_model("registry", "AnalysisRun").objects.using(schema_editor.connection.alias)
        keys = iter(list(runs.filter(measurement=None).order_by("pk").values_list("pk", flat=True)))
        while pks := list(islice(keys, BATCH)):
            changed = []
            for run in runs.filter(pk__in=pks).only("analysis", "version", "parameters", "inputs", "inputs_hash"):
                inputs = change(run.inputs)
                if inputs != run.inputs:
                    had_hash = run.inputs_hash == _hash(run)
                    run.inputs = inputs
                    run.inputs_hash = _hash(run) if had_hash else run.inputs_hash
                    changed.append(run)
            runs.bulk_update(changed, ["inputs", "inputs_hash"])

    return change_runs


class Migration(migrations.Migration):
    dependencies = [("registry", "0022_quantities_of_curves")]

    operations = [migrations.RunPython(_change_inputs(_list_refcodes), _change_inputs(_join_refcodes))]
