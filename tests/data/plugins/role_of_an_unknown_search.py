"""A plugin with a layer role found by another word."""

from registry.hookspecs import LayerRole, hookimpl


@hookimpl
def register_layer_roles() -> list[LayerRole]:
    return [LayerRole(slug="catholyte", name="Catholyte", search="liquid")]
