"""The codes of messages, so that runs and datasets can be found and counted by them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from registry.models.analysis_run import AnalysisRun
from registry.models.dataset import Dataset


class MessageCode(models.Model):
    """A code among the messages of a run or a dataset; visible only through these."""

    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, null=True, related_name="message_codes")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, null=True, related_name="message_codes")
    code = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(run__isnull=False) ^ models.Q(dataset__isnull=False),
                name="message_code_of_run_or_dataset",
            ),
            models.UniqueConstraint(fields=["run", "code"], name="message_code_once_per_run"),
            models.UniqueConstraint(fields=["dataset", "code"], name="message_code_once_per_dataset"),
        ]
        indexes = [models.Index(fields=["code"], name="message_code")]

    def __str__(self) -> str:
        return self.code


def message_codes(owner: AnalysisRun | Dataset, messages: Iterable[Mapping[str, Any]]) -> list[MessageCode]:
    """The rows of the codes among stored messages, not saved."""
    name = "run" if isinstance(owner, AnalysisRun) else "dataset"
    return [MessageCode(**{name: owner}, code=code) for code in dict.fromkeys(item["code"] for item in messages)]
