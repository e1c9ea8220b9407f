"""Plugins and analyses over the API."""

from rest_framework.test import APIClient

from registry import plugin_manager


def test_lists_every_plugin_with_its_state(anyone: APIClient) -> None:
    listed = anyone.get("/api/plugins/?page_size=1000").json()["results"]
    assert [one["name"] for one in listed] == [plugin.name for plugin in plugin_manager.current().loaded]
    assert {one["state"] for one in listed} <= {"loaded", "loaded in part", "refused"}


def test_describes_every_analysis(anyone: APIClient) -> None:
    for name, analysis in plugin_manager.current().analyses.items():
        shown = anyone.get(f"/api/analyses/{name}/").json()
        assert shown["version"] == analysis.version
        assert [one["name"] for one in shown["parameters"]] == [one.name for one in analysis.parameters]
    assert anyone.get("/api/analyses/magic/").status_code == 404
