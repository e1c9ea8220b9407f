"""Plugins and analyses over the API."""

from django.conf import LazySettings
from rest_framework.test import APIClient

from registry import plugin_loading
from registry.models import AnalysisRun, Project
from registry.plugin_loading import Plugin, Problem
from tests.registry.web.conftest import fill


def test_lists_every_plugin_with_its_state(anyone: APIClient) -> None:
    listed = anyone.get("/api/plugins/?page_size=1000").json()["results"]
    assert [item["name"] for item in listed] == [plugin.name for plugin in plugin_loading.current().loaded]
    assert {entry["state"] for entry in listed} == {"loaded"}


def test_tells_of_each_plugin_what_it_adds_and_how_its_runs_ended(anyone: APIClient, public_project: Project) -> None:
    fill(public_project)
    AnalysisRun.objects.filter(analysis="electronic-conductivity").update(version="0.9")
    listed = {item["name"]: item for item in anyone.get("/api/plugins/?page_size=1000").json()["results"]}
    electronic = listed["plugins.electronic_conductivity"]
    assert (electronic["source"], electronic["version"], electronic["problems"]) == ("built in", "", [])
    assert electronic["hooks"] == ["register_analyses"]
    (fared,) = electronic["analyses"]
    assert fared["runs"] == {"done": 1, "refused": 0, "failed": 0, "queued": 0, "running": 0}
    assert (fared["outdated"], fared["stale"], fared["reasons"]) == ({"0.9": 1}, 0, [])
    (energy,) = listed["plugins.activation_energy"]["analyses"]
    assert energy["takes"][0]["quantity"] == "ionic_conductivity_s_cm"
    assert "low-pressure-cells" in listed["plugins.paper_tables"]["tables"]


def test_groups_refusals_by_their_reason(anyone: APIClient, public_project: Project) -> None:
    cell = fill(public_project)
    text = "needs the area: layer 1 (cathode, LPSCl) has none"
    AnalysisRun.objects.filter(analysis="capacity-retention").update(status="refused", messages=[{"text": text}])
    assert cell.runs.filter(status="refused").exists()
    listed = {item["name"]: item for item in anyone.get("/api/plugins/?page_size=1000").json()["results"]}
    (fared,) = listed["plugins.capacity_retention"]["analyses"]
    assert fared["reasons"] == [{"status": "refused", "reason": "needs the area: layer 1 has none", "count": 1}]


def test_lists_what_is_gone_of_what_one_may_see(
    anyone: APIClient, api: APIClient, public_project: Project, project: Project
) -> None:
    fill(public_project)
    fill(project, "Secret pellet")
    AnalysisRun.objects.filter(analysis="electronic-conductivity").update(analysis="lab-sigma", plugin="lab_sigma")
    why = "lab_sigma is not installed any more"
    for client, runs in ((anyone, 1), (api, 2)):
        (gone,) = client.get("/api/plugins/gone/").json()["results"]
        assert gone == {"kind": "analysis", "name": "lab-sigma", "why": why, "runs": runs, "values": runs}


def test_a_disabled_plugin_is_listed_as_such_and_offers_nothing(anyone: APIClient, settings: LazySettings) -> None:
    settings.REGISTRY_DISABLED_PLUGINS = ["plugins.energy_density"]
    plugin_loading.load()
    listed = {item["name"]: item for item in anyone.get("/api/plugins/?page_size=1000").json()["results"]}
    found = anyone.get("/api/analyses/energy-density/").status_code
    settings.REGISTRY_DISABLED_PLUGINS = []
    plugin_loading.load()
    assert (listed["plugins.energy_density"]["state"], found) == ("disabled", 404)


def test_of_a_file_only_the_name_is_told(anyone: APIClient) -> None:
    plugin = Plugin("broken", "/srv/lab/plugins/broken.py", problems=[Problem("broken", "is broken")])
    plugin_loading.current().loaded.append(plugin)
    try:
        listed = anyone.get("/api/plugins/?page_size=1000").json()["results"]
    finally:
        plugin_loading.current().loaded.remove(plugin)
    assert (listed[-1]["source"], listed[-1]["state"]) == ("broken.py", "refused")
    assert listed[-1]["problems"] == [{"text": "is broken", "detail": ""}]


def test_describes_every_analysis(anyone: APIClient) -> None:
    for name, analysis in plugin_loading.current().analyses.items():
        shown = anyone.get(f"/api/analyses/{name}/").json()
        assert shown["version"] == analysis.version
        assert [item["name"] for item in shown["parameters"]] == [parameter.name for parameter in analysis.parameters]
    assert anyone.get("/api/analyses/magic/").status_code == 404
