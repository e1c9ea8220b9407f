"""Codes of refusals and messages: how many runs have each, and the newest sentence."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max, QuerySet

from registry.models import AnalysisRun, Value
from registry.models.message_code import MessageCode


def count_codes(runs: QuerySet[Any]) -> list[dict[str, Any]]:
    """Each code of these runs, most frequent first, with the number of runs, the newest, and its sentence there."""
    counted = MessageCode.objects.filter(run__in=runs).values("code").annotate(runs=Count("run"), last_run=Max("run"))
    rows = list(counted.order_by("-runs", "code"))
    sentences = _sentences({row["last_run"] for row in rows})
    nothing = {"text": "", "parameters": {}}
    return [{**row, **sentences.get((row["last_run"], row["code"]), nothing)} for row in rows]


def _sentences(runs: Iterable[int]) -> dict[tuple[int, str], dict[str, Any]]:
    """Sentence and parameters by run and code, of messages and of values that were not computed."""
    keys = list(runs)
    sentences: dict[tuple[int, str], dict[str, Any]] = {}
    for run, messages in AnalysisRun.objects.filter(pk__in=keys).values_list("pk", "messages"):
        for message in messages:
            sentence = {"text": message["text"], "parameters": message["parameters"]}
            sentences.setdefault((run, message["code"]), sentence)
    missing = Value.objects.filter(run__in=keys).exclude(missing_code="")
    for run, code, text, parameters in missing.values_list("run", "missing_code", "missing", "missing_parameters"):
        sentences.setdefault((run, code), {"text": text, "parameters": parameters})
    return sentences
