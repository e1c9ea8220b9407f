import json

import pytest

from registry.models import QuantityDescription
from registry.models.quantity_description import as_json
from registry.numbers import catalogue
from registry.services.quantity_description import keep_descriptions


@pytest.mark.parametrize("slug", sorted(catalogue.catalogue))
def test_a_description_comes_back_as_it_was_stored(slug: str) -> None:
    """Otherwise every run would store it again."""
    described = as_json(catalogue.get(slug))
    assert json.loads(json.dumps(described)) == described


def test_what_has_not_changed_is_not_stored_again(db: None, django_assert_num_queries: object) -> None:
    slugs = [slug for slug in catalogue.catalogue if catalogue.get(slug).protocol]
    assert slugs
    keep_descriptions(slugs)
    with django_assert_num_queries(1):  # type: ignore[operator]
        keep_descriptions(slugs)
    kept = QuantityDescription.objects.get(slug=slugs[0])
    assert kept.quantity == catalogue.get(slugs[0])
