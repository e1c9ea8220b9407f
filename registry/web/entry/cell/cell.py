"""Entry and correction of a cell with its layers."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.models import Cell, Draft
from registry.services.entry.draft import discard_draft, get_draft, save_draft
from registry.web.entry.base.access import editors_only, may_edit, require_editable, sign_in_first, signed_in
from registry.web.entry.base.conflict import SAVE, accept_overwriting
from registry.web.entry.base.form_state import FormState
from registry.web.entry.base.htmx import PARTIAL
from registry.web.entry.base.kept_form import LIKE
from registry.web.entry.cell.cell_entry import LAYERS, CellEntry, stored_state
from registry.web.entry.cell.cell_files import (
    FIELD,
    announce_dropped_files,
    discard_dropped_file,
    list_dropped_files,
    receive_dropped_files,
)
from registry.web.entry.cell.cell_start import (
    STARTS,
    apply_start,
    last_project,
    list_like_choices,
    start_by_slug,
    state_like,
)

DRAFT = "cell"
SAVE_ANOTHER, DISCARD, DISCARD_FILE, COPY = "save-another", "discard", "files:discard:", "copy"
NOT_COPIED = ("project", "label", "assembled_on", "failure", "notes", FIELD)
"""Fields that say something of one cell only."""


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def new_cell(request: HttpRequest) -> HttpResponse:
    """Enter a cell, from a kind of stack, from another cell, or from the draft."""
    user = signed_in(request)
    if request.method != "POST":
        state, draft = _initial_state(request, user)
        return _show(request, CellEntry(state, user=user), draft=draft)
    action, state = request.POST.get("action", SAVE), FormState.from_post(request.POST, LAYERS)
    if action == DISCARD:
        discard_draft(user=user, kind=DRAFT)
        announce_dropped_files(request, list_dropped_files(state, user))
        return redirect("web:new-cell")
    receive_dropped_files(request, state, user)
    if action not in (SAVE, SAVE_ANOTHER):
        index = _copy(state, request.POST.get(LIKE, ""), user) if action == COPY else _change(state, action)
        if action.startswith(DISCARD_FILE):
            discard_dropped_file(state, action.removeprefix(DISCARD_FILE), user)
        draft = _keep(user, state)
        return _show(request, CellEntry(state, user=user), draft=draft, focus=index)
    entry = CellEntry(state, user=user, is_complete=True)
    cell = entry.save(user)
    if cell is None:
        return _show(request, entry, draft=_keep(user, state), status=422)
    discard_draft(user=user, kind=DRAFT)
    announce_dropped_files(request, entry.dropped_files, cell)
    like = f"{reverse('web:new-cell')}?like={cell.refcode}"
    return _saved(request, cell, like if action == SAVE_ANOTHER else cell.get_absolute_url())


@sign_in_first
@require_http_methods(["GET", "HEAD", "POST"])
def edit_cell(request: HttpRequest, refcode: str) -> HttpResponse:
    """Correct a cell and its layers."""
    user, cell = signed_in(request), _editable_cell(request, refcode)
    if request.method != "POST":
        return _show(request, CellEntry(stored_state(cell), user=user, cell=cell))
    state = FormState.from_post(request.POST, LAYERS)
    action = accept_overwriting(state, request.POST.get("action", SAVE))
    if action != SAVE:
        index = _change(state, action)
        return _show(request, CellEntry(state, user=user, cell=cell), focus=index)
    entry = CellEntry(state, user=user, cell=cell, is_complete=True)
    saved = entry.save(user, reason=state.fields.get("reason", "").strip())
    if saved is None:
        return _show(request, entry, status=422)
    return _saved(request, saved, saved.get_absolute_url())


@editors_only
@require_POST
def preview_new_cell(request: HttpRequest) -> HttpResponse:
    """Interpretation of a form that is being filled in; saved as a draft on request."""
    user = signed_in(request)
    state = FormState.from_post(request.POST, LAYERS)
    draft = _keep(user, state) if request.GET.get("draft") else None
    return _preview(CellEntry(state, user=user), draft)


@sign_in_first
@require_POST
def preview_cell(request: HttpRequest, refcode: str) -> HttpResponse:
    """As `preview_new_cell`, of a cell that exists; without a draft."""
    cell = _editable_cell(request, refcode)
    state = FormState.from_post(request.POST, LAYERS)
    return _preview(CellEntry(state, user=signed_in(request), cell=cell), None)


@sign_in_first
@require_safe
def layer_substance(request: HttpRequest, refcode: str, position: int) -> HttpResponse:
    """Go where the material or formulation of a layer is corrected, or to its page if the user may not."""
    user, cell = signed_in(request), _editable_cell(request, refcode)
    layer = get_object_or_404(
        cell.layers.select_related("material__project", "formulation__project"), position=position
    )
    substance = layer.material or layer.formulation
    assert substance is not None
    kind = "material" if layer.material else "formulation"
    if may_edit(substance, user):
        return redirect(f"web:edit-{kind}", substance.pk)
    text = f"‘{substance.name}’ is of the project {substance.project.name}, where you are not an editor"
    messages.warning(request, f"{text}: ask one, or enter it anew in your project and choose it for the layer.")
    return redirect(f"web:{kind}", substance.pk)


def _editable_cell(request: HttpRequest, refcode: str) -> Cell:
    user = signed_in(request)
    cell: Cell = get_object_or_404(Cell.objects.visible_to(user).select_related("project"), refcode=refcode)
    require_editable(cell, user)
    return cell


def _initial_state(request: HttpRequest, user: User) -> tuple[FormState, Draft | None]:
    """The state from `?like=`, `?start=` and `?name=`, or the draft, which else stays as it is."""
    like, start = request.GET.get("like", ""), start_by_slug(request.GET.get("start", ""))
    name = request.GET.get("name", "")
    if like:
        state = state_like(get_object_or_404(Cell.objects.visible_to(user), refcode=like))
        editable = last_project(user) if not _may_enter_in(state, user) else None
        state.fields["project"] = str(editable.pk) if editable else state.fields["project"]
        return state, None
    draft = None if start or name else get_draft(user, DRAFT)
    if draft is not None:
        return FormState.from_json(draft.content), draft
    project = last_project(user)
    state = FormState({"project": str(project.pk) if project else "", "label": name})
    apply_start(state, start or STARTS[0])
    return state, None


def _may_enter_in(state: FormState, user: User) -> bool:
    return CellEntry(state, user=user).project is not None


def _change(state: FormState, action: str) -> int | None:
    """Apply a change of the rows or a kind of stack."""
    kind, _, argument = action.partition(":")
    if kind == "start" and (start := start_by_slug(argument)):
        apply_start(state, start)
        return 0
    return state.change_rows(argument, {"role": ""}) if kind == "rows" else None


def _copy(state: FormState, refcode: str, user: User) -> int:
    """Make the form one for a cell like the chosen one; what is never copied stays as it was typed."""
    copied = state_like(get_object_or_404(Cell.objects.visible_to(user), refcode=refcode))
    stays = {name: text for name in NOT_COPIED if (text := state.fields.get(name, "").strip())}
    state.fields, state.rows = copied.fields | stays, copied.rows
    return 0


def _keep(user: User, state: FormState) -> Draft | None:
    """Keep the state as the draft; None if it cannot be stored."""
    try:
        return save_draft(user=user, kind=DRAFT, content=state.as_json())
    except ValidationError:
        return None


def _draft_text(draft: Draft | None) -> str:
    if draft is None:
        return ""
    saved_at = timezone.localtime(draft.saved_at)
    is_today = saved_at.date() == timezone.localdate()
    return f"Draft saved {saved_at:%H:%M}." if is_today else f"Draft saved {saved_at:%-d %B, %H:%M}."


def _preview(entry: CellEntry, draft: Draft | None) -> JsonResponse:
    return JsonResponse(
        {
            "echoes": {
                identifier: [echo.text, echo.state, echo.remedies] for identifier, echo in entry.echoes().items()
            },
            "choices": entry.choices(),
            "aside": render_to_string("web/entry/_cell_preview.html", {"entry": entry}),
            "files": render_to_string("web/entry/_dropped_files.html", {"entry": entry}),
            "problems": [[problem.id, problem.label] for problem in entry.problems],
            "name": entry.proposed_name,
            "draft": _draft_text(draft),
        }
    )


def _saved(request: HttpRequest, cell: Cell, location: str) -> HttpResponse:
    """Go to the next page; the script of the page goes there by itself."""
    messages.success(request, f"Saved {cell.refcode} {cell.label}.")
    if PARTIAL not in request.headers:
        return redirect(location)
    name = f"{cell.refcode} {cell.label}"
    return JsonResponse({"name": name, "page": cell.get_absolute_url(), "location": location})


def _show(
    request: HttpRequest,
    entry: CellEntry,
    *,
    draft: Draft | None = None,
    focus: int | None = None,
    status: int = 200,
) -> HttpResponse:
    cell = entry.cell
    address = reverse("web:edit-cell", args=[cell.refcode]) if cell else reverse("web:new-cell")
    context = {
        "entry": entry,
        "cell": cell,
        "address": address,
        "starts": STARTS,
        "draft": _draft_text(draft),
        "focus": focus,
        "recent": list_like_choices(entry.user, entry.project),
    }
    if PARTIAL in request.headers:
        return render(request, "web/entry/_cell_form.html", context)
    return render(request, "web/entry/cell.html", context, status=status)
