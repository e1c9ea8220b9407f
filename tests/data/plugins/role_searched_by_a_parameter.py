"""A plugin with a layer role whose word is a parameter of queries."""

from registry.hookspecs import LayerRole, hookimpl


@hookimpl
def register_layer_roles() -> list[LayerRole]:
    return [LayerRole(slug="label", name="Label", search="label")]
