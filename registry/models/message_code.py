"""The codes of messages, so that runs and datasets can be found and counted by them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from registry.models.analysis_run import AnalysisRun
from registry.models.dataset import Dataset
from registry.models.group_run import GroupRun

OWNERS: Mapping[type, str] = {AnalysisRun: "run", Dataset: "dataset", GroupRun: "group_run"}
"""The field of a code that links to each type of owner."""


class MessageCode(models.Model):
    """A code among the messages of a run, a dataset or a run on a group; visible only through these."""

    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, null=True, related_name="message_codes")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, null=True, related_name="message_codes")
    group_run = models.ForeignKey(GroupRun, on_delete=models.CASCADE, null=True, related_name="message_codes")
    code = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(run__isnull=False, dataset=None, group_run=None)
                | models.Q(run=None, dataset__isnull=False, group_run=None)
                | models.Q(run=None, dataset=None, group_run__isnull=False),
                name="message_code_of_one_owner",
            ),
            models.UniqueConstraint(fields=["run", "code"], name="message_code_once_per_run"),
            models.UniqueConstraint(fields=["dataset", "code"], name="message_code_once_per_dataset"),
            models.UniqueConstraint(fields=["group_run", "code"], name="message_code_once_per_group_run"),
        ]
        indexes = [models.Index(fields=["code"], name="message_code")]

    def __str__(self) -> str:
        return self.code


def message_codes(owner: AnalysisRun | Dataset | GroupRun, messages: Iterable[Mapping[str, Any]]) -> list[MessageCode]:
    """The rows of the codes among stored messages, not saved."""
    name = OWNERS[type(owner)]
    return [MessageCode(**{name: owner}, code=code) for code in dict.fromkeys(item["code"] for item in messages)]
