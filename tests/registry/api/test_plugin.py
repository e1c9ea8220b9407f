"""The API of plugins and analyses."""

from django.conf import LazySettings
from rest_framework.test import APIClient

from registry import plugin_loading
from registry.models import AnalysisRun, Project
from registry.plugin_loading import Plugin, Problem
from tests.registry.web.conftest import fill


def test_plugins_are_listed_with_their_state(anyone: APIClient) -> None:
    listed = anyone.get("/api/plugins/?page_size=1000").json()["results"]
    assert [item["name"] for item in listed] == [plugin.name for plugin in plugin_loading.current().loaded]
    assert {entry["state"] for entry in listed} == {"loaded"}


def test_a_plugin_is_listed_with_its_contents_and_run_counts(anyone: APIClient, public_project: Project) -> None:
    fill(public_project)
    AnalysisRun.objects.filter(analysis="electronic-conductivity").update(version="0.9")
    listed = {item["name"]: item for item in anyone.get("/api/plugins/?page_size=1000").json()["results"]}
    electronic = listed["plugins.electronic_conductivity"]
    assert (electronic["source"], electronic["version"], electronic["problems"]) == ("built in", "", [])
    assert electronic["hooks"] == ["register_analyses"]
    (statistics,) = electronic["analyses"]
    assert statistics["runs"] == {"done": 1, "refused": 0, "failed": 0, "queued": 0, "running": 0}
    assert (statistics["outdated"], statistics["stale"], statistics["reasons"]) == ({"0.9": 1}, 0, [])
    (energy,) = listed["plugins.activation_energy"]["analyses"]
    assert energy["dependencies"][0]["quantity"] == "ionic_conductivity_s_cm"
    assert "low-pressure-cells" in listed["plugins.paper_tables"]["tables"]


def test_refused_runs_are_counted_by_reason(anyone: APIClient, public_project: Project) -> None:
    cell = fill(public_project)
    text = "needs the area: layer 1 (cathode, LPSCl) has none"
    AnalysisRun.objects.filter(analysis="capacity-retention").update(
        status="refused", messages=[{"code": "missing-area", "text": text, "level": "warning", "parameters": {}}]
    )
    assert cell.runs.filter(status="refused").exists()
    listed = {item["name"]: item for item in anyone.get("/api/plugins/?page_size=1000").json()["results"]}
    (statistics,) = listed["plugins.capacity_retention"]["analyses"]
    assert statistics["reasons"] == [{"status": "refused", "code": "missing-area", "example": text, "count": 1}]


def test_orphaned_results_are_counted_if_visible(
    anyone: APIClient, api: APIClient, public_project: Project, project: Project
) -> None:
    fill(public_project)
    fill(project, "Secret pellet")
    AnalysisRun.objects.filter(analysis="electronic-conductivity").update(analysis="lab-sigma", plugin="lab_sigma")
    for client, runs in ((anyone, 1), (api, 2)):
        (gone,) = client.get("/api/plugins/orphans/").json()["results"]
        assert "lab_sigma" in gone.pop("reason")
        assert gone == {"kind": "analysis", "name": "lab-sigma", "runs": runs, "values": runs}


def test_a_disabled_plugin_is_listed_without_its_analyses(anyone: APIClient, settings: LazySettings) -> None:
    settings.REGISTRY_DISABLED_PLUGINS = ["plugins.energy_density"]
    plugin_loading.load()
    listed = {item["name"]: item for item in anyone.get("/api/plugins/?page_size=1000").json()["results"]}
    status = anyone.get("/api/analyses/energy-density/").status_code
    settings.REGISTRY_DISABLED_PLUGINS = []
    plugin_loading.load()
    assert (listed["plugins.energy_density"]["state"], status) == ("disabled", 404)


def test_only_the_name_of_a_plugin_file_is_shown(anyone: APIClient) -> None:
    plugin = Plugin("broken", "/srv/lab/plugins/broken.py", problems=[Problem("broken", "no-hooks", "is broken")])
    plugin_loading.current().loaded.append(plugin)
    try:
        listed = anyone.get("/api/plugins/?page_size=1000").json()["results"]
    finally:
        plugin_loading.current().loaded.remove(plugin)
    assert (listed[-1]["source"], listed[-1]["state"]) == ("broken.py", "refused")
    assert listed[-1]["problems"] == [{"code": "no-hooks", "text": "is broken", "detail": ""}]


def test_every_analysis_is_described(anyone: APIClient) -> None:
    for name, analysis in plugin_loading.current().analyses.items():
        shown = anyone.get(f"/api/analyses/{name}/").json()
        assert shown["version"] == analysis.version
        assert [item["name"] for item in shown["parameters"]] == [parameter.name for parameter in analysis.parameters]
        assert [item["title"] for item in shown["parameters"]] == [parameter.title for parameter in analysis.parameters]
    assert anyone.get("/api/analyses/magic/").status_code == 404
