"""Bounds and qualifiers of existing rows, from their numbers as written.

A run that read a bound as if it were the number becomes stale, so that its analysis is due again.
"""

from django.db import migrations
from django.utils import timezone

from registry.numbers import catalogue
from registry.numbers.parsing import NotationError, parse
from registry.text.cleaning import TextError, clean_text

CHUNK = 500
ENDINGS = ('lower', 'upper', 'qualifier', 'inferred')
STARTS = (
    ('≥', ('≥', '⩾', '>=', 'at least')),
    ('≤', ('≤', '⩽', '<=', 'at most')),
    ('>', ('>', 'more than')),
    ('<', ('<', 'less than')),
    ('~', ('~', '∼', '≈', '≃', 'ca', 'about', 'approx', 'circa')),
)


def add_bounds(apps, schema_editor):
    bounds = set()
    for model in apps.get_app_config('registry').get_models():
        for field in model._meta.concrete_fields:
            if field.name.endswith('_qualifier'):
                bounds |= fill_field(model, field.name.removesuffix('_qualifier'))
    for name in ('Value', 'HistoricalValue'):
        fill_values(apps.get_model('registry', name))
    mark_stale(apps.get_model('registry', 'AnalysisRun'), bounds)


def fill_field(model, slug):
    """Fill the columns of a number; return slug and magnitude of those that are only a bound."""
    written = model._meta.get_field(slug).written
    rows, bounds = [], set()
    for row in model.objects.exclude(**{slug: None}).only(written, slug).iterator(CHUNK):
        number = read(getattr(row, written), slug, getattr(row, slug))
        for ending in ENDINGS:
            setattr(row, f'{slug}_{ending}', number[ending])
        rows.append(row)
        if number['qualifier'] not in '=~':
            bounds.add((slug, getattr(row, slug)))
    model.objects.bulk_update(rows, [f'{slug}_{ending}' for ending in ENDINGS], batch_size=CHUNK)
    return bounds


def fill_values(model):
    rows = []
    for row in model.objects.exclude(qualifier='=').exclude(magnitude=None).iterator(CHUNK):
        number = read(row.written, row.quantity, row.magnitude)
        row.lower, row.upper, row.qualifier = number['lower'], number['upper'], number['qualifier']
        rows.append(row)
    model.objects.bulk_update(rows, ['lower', 'upper', 'qualifier'], batch_size=CHUNK)


def read(text, slug, magnitude):
    """Return bounds, qualifier and inferred; of a text that is no longer accepted, by how it starts."""
    try:
        number = parse(clean_text(text), catalogue.get(slug))
    except (catalogue.UnknownQuantityError, NotationError, TextError):
        number = None
    if number is None or number.magnitude is None:
        return read_start(text, magnitude)
    return {ending: getattr(number, ending) for ending in ENDINGS}


def read_start(text, magnitude):
    start = text.strip().lower()
    qualifier = next((sign for sign, spellings in STARTS if start.startswith(spellings)), '=')
    return {
        'lower': magnitude if qualifier in '=>≥' else None,
        'upper': magnitude if qualifier in '=<≤' else None,
        'qualifier': qualifier,
        'inferred': 'inferred' in start,
    }


def mark_stale(model, bounds):
    if not bounds:
        return
    has_bound_fraction = any(slug == 'mass_fraction_percent' for slug, _ in bounds)
    stale = []
    for pk, inputs in model.objects.filter(is_latest=True, stale_since=None).values_list('pk', 'inputs').iterator(CHUNK):
        numbers = [(path.rpartition('.')[2], fact[0]) for path, fact in inputs.items() if isinstance(fact, list)]
        if any(number in bounds or (has_bound_fraction and number[0] == 'active_fraction_percent') for number in numbers):
            stale.append(pk)
    for start in range(0, len(stale), CHUNK):
        model.objects.filter(pk__in=stale[start : start + CHUNK]).update(stale_since=timezone.now())


def remove_bounds(apps, schema_editor):
    """Give values the rounding bounds and the qualifiers that they had."""
    for name in ('Value', 'HistoricalValue'):
        model = apps.get_model('registry', name)
        rows = []
        for row in model.objects.exclude(qualifier='=').exclude(magnitude=None).iterator(CHUNK):
            row.qualifier = {'≥': '>', '≤': '<'}.get(row.qualifier, row.qualifier)
            row.lower, row.upper = rounding(row) or (row.magnitude, row.magnitude)
            rows.append(row)
        model.objects.bulk_update(rows, ['lower', 'upper', 'qualifier'], batch_size=CHUNK)


def rounding(row):
    try:
        return parse(row.written, catalogue.get(row.quantity)).rounding
    except (catalogue.UnknownQuantityError, NotationError):
        return None


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0024_numbers_with_their_bounds'),
    ]

    operations = [
        migrations.RunPython(add_bounds, remove_bounds),
    ]
