"""A plugin with a technique that declares a role of datasets which every measurement has."""

from registry.hookspecs import DatasetRole, Technique, hookimpl


@hookimpl
def register_techniques() -> list[Technique]:
    return [Technique(slug="raman", name="Raman", dataset_roles=(DatasetRole(slug="main", name="Main"),))]
