"""Messages get a code and parameters; those stored before have the code `uncoded`."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

READ_AGAIN_FAILED = "Read again, the file was refused: "
BATCH = 500


def add_codes(apps: Any, schema_editor: Any) -> None:
    message_code = apps.get_model("registry", "MessageCode")
    for name, link in (("AnalysisRun", "run_id"), ("Dataset", "dataset_id"), ("HistoricalDataset", "")):
        rows = apps.get_model("registry", name).objects.exclude(messages=[]).only("messages").order_by("pk")
        batch: list[Any] = []
        for row in rows.iterator(BATCH):
            row.messages = [with_code(message) for message in row.messages]
            batch.append(row)
            if len(batch) == BATCH:
                save(rows, batch, message_code, link)
                batch = []
        save(rows, batch, message_code, link)


def with_code(message: dict[str, Any]) -> dict[str, Any]:
    was_refused = message["text"].startswith(READ_AGAIN_FAILED)
    return {"code": "read-again-failed" if was_refused else "uncoded", "parameters": {}, **message}


def save(rows: Any, batch: list[Any], message_code: Any, link: str) -> None:
    rows.bulk_update(batch, ["messages"])
    if link:
        message_code.objects.bulk_create(
            message_code(**{link: row.pk}, code=code)
            for row in batch
            for code in sorted({message["code"] for message in row.messages})
        )


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0019_source_of_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=64)),
                (
                    "dataset",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="message_codes",
                        to="registry.dataset",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="message_codes",
                        to="registry.analysisrun",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["code"], name="message_code")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("run__isnull", False), ("dataset__isnull", False), _connector="XOR"),
                        name="message_code_of_run_or_dataset",
                    ),
                    models.UniqueConstraint(fields=("run", "code"), name="message_code_once_per_run"),
                    models.UniqueConstraint(fields=("dataset", "code"), name="message_code_once_per_dataset"),
                ],
            },
        ),
        migrations.RunPython(add_codes, migrations.RunPython.noop),
    ]
