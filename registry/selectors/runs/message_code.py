"""Codes of refusals and messages: how many runs have each, and the newest sentence."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Max, Model, QuerySet

from registry.models import AnalysisRun, GroupRun, GroupValue, Value
from registry.models.message_code import MessageCode

LINKS: Mapping[type[Model], str] = {AnalysisRun: "run", GroupRun: "group_run"}
"""The field of a code that links to each type of run."""
VALUES: Mapping[type[Model], Any] = {AnalysisRun: Value, GroupRun: GroupValue}


def count_codes(runs: QuerySet[Any]) -> list[dict[str, Any]]:
    """Each code of these runs on cells or on groups, most frequent first, with the number of runs, the newest, and its
    sentence there."""
    link = LINKS[runs.model]
    codes = MessageCode.objects.filter(**{f"{link}__in": runs}).values("code")
    rows = list(codes.annotate(runs=Count(link), last_run=Max(link)).order_by("-runs", "code"))
    sentences = _sentences(runs.model, {row["last_run"] for row in rows})
    nothing = {"text": "", "parameters": {}}
    return [{**row, **sentences.get((row["last_run"], row["code"]), nothing)} for row in rows]


def _sentences(model: type[Any], runs: Iterable[int]) -> dict[tuple[int, str], dict[str, Any]]:
    """Sentence and parameters by run and code, of messages and of values that were not computed."""
    keys = list(runs)
    sentences: dict[tuple[int, str], dict[str, Any]] = {}
    for run, messages in model.objects.filter(pk__in=keys).values_list("pk", "messages"):
        for message in messages:
            sentence = {"text": message["text"], "parameters": message["parameters"]}
            sentences.setdefault((run, message["code"]), sentence)
    missing = VALUES[model].objects.filter(run__in=keys).exclude(missing_code="")
    for run, code, text, parameters in missing.values_list("run", "missing_code", "missing", "missing_parameters"):
        sentences.setdefault((run, code), {"text": text, "parameters": parameters})
    return sentences
