"""The audit page."""

from django.contrib.auth.models import User
from django.test import Client

from registry.models import Cell


def test_lists_disagreements_first_with_both_values_and_the_deviation(cell: Cell, client: Client) -> None:
    # Wu et al. 2025, Table S1, 1 wt%: 6.89e-5 printed against 6.59e-5 S/cm from its own resistance.
    response = client.get("/audit/")
    row = response.context["rows"][0]
    assert not row.finding.agrees
    assert (row.reported, row.deviation) == ("6.89×10⁻⁵", "+4.6")
    assert row.computed.startswith("6.586×10⁻⁵")
    assert (response.context["disagreeing"], response.context["total"]) == (1, 1)


def test_shows_an_outsider_nothing_of_a_private_cell(private_cell: Cell, outsider: User, client: Client) -> None:
    client.force_login(outsider)
    assert client.get("/audit/").context["total"] == 0


def test_a_page_beyond_the_last_is_not_found(db: None, client: Client) -> None:
    assert client.get("/audit/?page=2").status_code == 404


def test_lists_conflicts_between_numbers_with_their_run(cell: Cell, client: Client) -> None:
    response = client.get("/audit/")
    assert [conflict.code for conflict in response.context["conflicts"]] == ["numbers-contradict"]
    (conflict,) = response.context["conflicts"]
    page = response.content.decode()
    assert f'href="/runs/{conflict.run.pk}/"' in page
    assert cell.label in page


def test_conflicts_of_a_private_cell_are_not_listed(private_cell: Cell, outsider: User, client: Client) -> None:
    client.force_login(outsider)
    assert client.get("/audit/").context["conflict_count"] == 0


def test_conflicts_cost_one_query(cell: Cell, client: Client, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get("/audit/")
