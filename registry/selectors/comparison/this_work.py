"""Own cells in a table: those of the projects and cells that it names as this work."""

from django.db.models import Q

from registry.models import Cell, CellOrigin, Project
from registry.models.visibility import AnyUser
from registry.selectors.project_slug import get_current_slugs, in_projects
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import nearest
from registry.text.search_tokens import full_refcode

SETTING = "this_work"


def list_names(text: str) -> list[str]:
    """The slugs and refcodes of a setting, refcodes as they are stored."""
    names = (name.strip() for name in text.split(","))
    return list(dict.fromkeys(full_refcode(name) or name for name in names if name))


def own_cells_condition(text: str) -> Q:
    """Condition on measurements that their cell is of this work, or not an own cell; none without names."""
    names = list_names(text)
    if not names:
        return Q()
    return in_projects("cell__project__slug", names) | Q(cell__refcode__in=names) | ~Q(cell__origin=CellOrigin.OWN)


def check_names(text: str, user: AnyUser) -> None:
    """Raise QueryError for a name that is no project or cell the user may see."""
    names = list_names(text)
    slugs = Project.objects.visible_to(user).values_list("slug", flat=True)
    known = {*slugs.filter(slug__in=names)}
    known |= {*Cell.objects.visible_to(user).filter(refcode__in=names).values_list("refcode", flat=True)}
    earlier = get_current_slugs((name for name in names if name not in known), user)
    for name in names:
        if name not in known and name not in earlier:
            hint = nearest(name, slugs)
            text = f"‘{name}’ is no project (by its slug) or cell (by its refcode) that you can see.{hint}"
            raise QueryError(SETTING, text, "unknown-this-work")
