"""Text of existing rows as it is stored now: cleaned, names with their keys, DOIs in one form.

Of names that now count as the same, the oldest row keeps its name and later ones get a number: ‘Zelle Ä (2)’; a synonym
that now stands twice is removed. Both are in the history. A DOI that another publication of its project has stays.
"""

from django.db import migrations, models
from django.db.models.functions import Cast
from django.utils import timezone

from registry.text.doi import clean_doi
from registry.models.text import KeyField
from registry.text.cleaning import name_key, replace_unstorable, replace_unstorable_in

CHUNK = 2000
NAMED = (
    ('Cell', 'project_id', 'label', name_key),
    ('Material', 'project_id', 'name', name_key),
    ('Synonym', 'material_id', 'name', name_key),
    ('Formulation', 'project_id', 'name', name_key),
    ('HardwareSetup', 'project_id', 'name', name_key),
    ('ColumnMapping', 'project_id', 'name', name_key),
    # Lots differ by their capitals.
    ('Batch', 'material_id', 'lot', str),
)


def clean(apps, schema_editor):
    names = {(model, column) for model, _, column, _ in NAMED}
    for model in apps.get_app_config('registry').get_models():
        clean_texts(model, {column for owner, column in names if owner == model.__name__})
        clean_documents(model)
    for model, scope, column, key in NAMED:
        settle_names(apps, apps.get_model('registry', model), scope, column, key)
    for model in apps.get_app_config('registry').get_models():
        fill_keys(model)
    settle_dois(apps)


def clean_texts(model, left_out):
    columns = [
        field.attname
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, KeyField)
        and field.name not in left_out
    ]
    changes = []
    for pk, *texts in model.objects.values_list('pk', *columns).iterator(CHUNK):
        cleaned = {
            column: new
            for column, text in zip(columns, texts, strict=True)
            if text and (new := replace_unstorable(text)) != text
        }
        if cleaned:
            changes.append((pk, cleaned))
    update(model, changes)


def clean_documents(model):
    """Documents with escapes that no text may contain, which only SQLite has kept."""
    for field in model._meta.concrete_fields:
        if not isinstance(field, models.JSONField):
            continue
        rows = model.objects.annotate(raw=Cast(field.name, models.TextField())).filter(
            models.Q(raw__contains='\\ud') | models.Q(raw__contains='\\u00')
        )
        changes = [
            (pk, {field.name: new})
            for pk, data in rows.values_list('pk', field.name).iterator(CHUNK)
            if (new := replace_unstorable_in(data)) != data
        ]
        update(model, changes)


def settle_names(apps, model, scope, column, key):
    taken, rows = {}, list(model.objects.order_by('pk').values_list('pk', scope, column))
    for pk, owner, name in rows:
        taken.setdefault((owner, key(stored(name))), pk)
    changes = []
    for pk, owner, name in rows:
        new = stored(name)
        if taken[owner, key(new)] != pk:
            if model.__name__ == 'Synonym':
                remove(apps, model, pk)
                continue
            new = free(new, model._meta.get_field(column).max_length, lambda text: (owner, key(text)) in taken)
            taken[owner, key(new)] = pk
            print(f'\n    {model._meta.verbose_name} {pk}: ‘{name}’ is now ‘{new}’, as its name was taken', end='')
        if new != name:
            changes.append((pk, {column: new}))
    update(model, changes)
    for pk, _ in changes:
        record(apps, model, pk, '~', 'name as it is stored now')


def stored(name):
    return ' '.join(replace_unstorable(name).split()) or '?'


def free(name, longest, is_taken):
    number = 2
    while is_taken(numbered := f'{name[: longest - 8]} ({number})'):
        number += 1
    return numbered


def remove(apps, model, pk):
    record(apps, model, pk, '-', 'stood twice')
    model.objects.filter(pk=pk).delete()


def record(apps, model, pk, kind, reason):
    """Write the row as it is into its history."""
    history = apps.get_model('registry', f'Historical{model.__name__}')
    columns = {field.attname for field in history._meta.concrete_fields}
    row = model.objects.filter(pk=pk).values().get()
    history.objects.create(
        **{name: value for name, value in row.items() if name in columns},
        history_date=timezone.now(),
        history_type=kind,
        history_change_reason=reason,
    )


def fill_keys(model):
    for field in model._meta.concrete_fields:
        if isinstance(field, KeyField):
            rows = model.objects.exclude(**{field.source: ''}).values_list('pk', field.source)
            update(model, [(pk, {field.name: name_key(text)}) for pk, text in rows.iterator(CHUNK)])


def settle_dois(apps):
    model = apps.get_model('registry', 'Publication')
    rows = list(model.objects.exclude(doi='').order_by('pk').values_list('pk', 'project_id', 'doi'))
    taken = {(project, doi.lower()): pk for pk, project, doi in rows}
    for pk, project, doi in rows:
        try:
            new = clean_doi(doi)
        except ValueError:
            continue
        if new and new != doi and taken.setdefault((project, new), pk) == pk:
            model.objects.filter(pk=pk).update(doi=new)


def update(model, changes):
    for pk, columns in changes:
        model.objects.filter(pk=pk).update(**columns)


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0012_keys_of_names'),
    ]

    operations = [
        migrations.RunPython(clean, migrations.RunPython.noop),
    ]
