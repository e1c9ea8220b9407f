"""The JSON renderer."""

import json
from datetime import UTC, datetime
from decimal import Decimal

from django.utils.safestring import mark_safe
from rest_framework.renderers import JSONRenderer

from registry.api.base.renderers import FastJSONRenderer


def test_the_json_equals_that_of_drf() -> None:
    data = {
        "time": datetime(2025, 3, 1, 12, 0, 0, 123456, tzinfo=UTC),
        "number": 6.586e-5,
        "none": None,
        "words": "σ µm",
        "safe": mark_safe("<b>"),
        "exact": Decimal("1.50"),
        "pair": (1, 2),
        3: True,
    }
    assert json.loads(FastJSONRenderer().render(data)) == json.loads(JSONRenderer().render(data))


def test_integers_of_any_size() -> None:
    assert FastJSONRenderer().render({"n": 10**30}) == b'{"n":1000000000000000000000000000000}'


def test_no_data_is_an_empty_body() -> None:
    assert FastJSONRenderer().render(None) == b""
