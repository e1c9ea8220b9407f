"""Every condition of a measurement becomes a row of its own, with its bounds and qualifier, and with its history."""

import django.db.models.deletion
import registry.models.record
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from registry.numbers import catalogue
from registry.numbers.parsing import NotationError, parse
from registry.text.cleaning import TextError, clean_text

CHUNK = 2000
TEXTS = {
    'stack_pressure_mpa': 'stack_pressure',
    'temperature_degc': 'temperature',
    'c_rate': 'c_rate_as_written',
    'current_density_ma_cm2': 'current_density',
    'voltage_lower_v': 'voltage_lower',
    'voltage_upper_v': 'voltage_upper',
    'voltage_v': 'voltage',
    'cycle_number': 'cycle_number_as_written',
}
"""Quantity → the column of a measurement with its text; the column of its magnitude has the name of the quantity."""
ENDINGS = ('lower', 'upper', 'qualifier', 'inferred')
HISTORY = ('history_date', 'history_type', 'history_user_id', 'history_change_reason', 'history_import')


def carry(apps, schema_editor):
    condition = apps.get_model('registry', 'Condition')
    measurements = apps.get_model('registry', 'Measurement').objects.order_by('pk')
    create(condition, (
        condition(measurement_id=row['pk'], quantity=slug, **number(slug, row))
        for row in measurements.values('pk', *columns()).iterator(CHUNK)
        for slug, text in TEXTS.items()
        if row[text]
    ))
    create(apps.get_model('registry', 'HistoricalCondition'), earlier_versions(apps, condition))


def earlier_versions(apps, condition):
    """The history of each condition, read off that of its measurement; a removed one gets a negative key."""
    pks = {(row[0], row[1]): row[2] for row in condition.objects.values_list('measurement_id', 'quantity', 'pk')}
    history = apps.get_model('registry', 'HistoricalCondition')
    rows = apps.get_model('registry', 'HistoricalMeasurement').objects.order_by('id', 'history_id')
    before, removed = {}, 0
    for row in rows.values('id', *columns(), *HISTORY).iterator(CHUNK):
        if before.get('id') != row['id']:
            before = {'id': row['id']}
        for slug, text in TEXTS.items():
            kind = change(before.get(text, ''), row[text], row['history_type'])
            if not kind:
                continue
            if (row['id'], slug) not in pks:
                removed += 1
                pks[row['id'], slug] = -removed
            entered = row if row[text] else before
            yield history(
                id=pks[row['id'], slug], measurement_id=row['id'], quantity=slug,
                **number(slug, entered),
                **{name: row[name] for name in HISTORY} | {'history_type': kind},
            )
        before = row


def change(before, after, kind):
    """What became of a condition: `+`, `~`, `-`, or nothing."""
    if kind == '-':
        return '-' if after else ''
    if before == after:
        return ''
    return '+' if not before else '~' if after else '-'


def number(slug, row):
    """The columns of a number; a text that can no longer be read keeps its magnitude."""
    text = row[TEXTS[slug]]
    try:
        parsed = parse(clean_text(text), catalogue.get(slug))
    except (NotationError, TextError):
        stored = {ending: row[f'{slug}_{ending}'] for ending in ENDINGS}
        return stored | {'written': text, 'magnitude': row[slug], 'missing': '' if row[slug] is not None else text}
    return {
        'written': text, 'magnitude': parsed.magnitude, 'lower': parsed.lower, 'upper': parsed.upper,
        'standard_uncertainty': parsed.standard_uncertainty, 'qualifier': parsed.qualifier,
        'inferred': parsed.inferred, 'missing': parsed.missing,
    }


def columns():
    return {*TEXTS, *TEXTS.values(), *(f'{slug}_{ending}' for slug in TEXTS for ending in ENDINGS)}


def create(model, rows):
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == CHUNK:
            model.objects.bulk_create(batch)
            batch = []
    model.objects.bulk_create(batch)


def put_back(apps, schema_editor):
    """Conditions with a column of their own return to it."""
    measurements = apps.get_model('registry', 'Measurement').objects
    rows = apps.get_model('registry', 'Condition').objects.filter(quantity__in=TEXTS)
    for row in rows.values('measurement', 'quantity', 'written', 'magnitude', *ENDINGS).iterator(CHUNK):
        slug = row['quantity']
        bounds = {f'{slug}_{ending}': row[ending] for ending in ENDINGS}
        texts = {TEXTS[slug]: row['written'], slug: row['magnitude']}
        measurements.filter(pk=row['measurement']).update(**bounds, **texts)


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0030_series_runs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Condition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('missing', models.CharField(blank=True, help_text='Reason there is no number, e.g. Coin cell', max_length=200)),
                ('magnitude', models.FloatField(null=True)),
                ('lower', models.FloatField(null=True)),
                ('upper', models.FloatField(null=True)),
                ('standard_uncertainty', models.FloatField(default=0)),
                ('degrees_of_freedom', models.FloatField(help_text='Of the uncertainty; empty if infinite.', null=True)),
                ('qualifier', models.CharField(choices=[('=', 'equals'), ('>', 'more than'), ('≥', 'at least'), ('<', 'less than'), ('≤', 'at most'), ('~', 'about')], default='=', max_length=1)),
                ('inferred', models.BooleanField(default=False)),
                ('quantity', models.CharField(max_length=64)),
                ('written', models.CharField(help_text='E.g. 10 MPa, or why it is missing: Coin cell.', max_length=200, verbose_name='as entered')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalCondition',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('missing', models.CharField(blank=True, help_text='Reason there is no number, e.g. Coin cell', max_length=200)),
                ('magnitude', models.FloatField(null=True)),
                ('lower', models.FloatField(null=True)),
                ('upper', models.FloatField(null=True)),
                ('standard_uncertainty', models.FloatField(default=0)),
                ('degrees_of_freedom', models.FloatField(help_text='Of the uncertainty; empty if infinite.', null=True)),
                ('qualifier', models.CharField(choices=[('=', 'equals'), ('>', 'more than'), ('≥', 'at least'), ('<', 'less than'), ('≤', 'at most'), ('~', 'about')], default='=', max_length=1)),
                ('inferred', models.BooleanField(default=False)),
                ('quantity', models.CharField(max_length=64)),
                ('written', models.CharField(help_text='E.g. 10 MPa, or why it is missing: Coin cell.', max_length=200, verbose_name='as entered')),
                ('history_import', models.CharField(blank=True, default='', help_text='Name of the example whose import made the change.', max_length=100)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical condition',
                'verbose_name_plural': 'historical conditions',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name='condition',
            name='measurement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conditions', to='registry.measurement'),
        ),
        migrations.AddField(
            model_name='historicalcondition',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalcondition',
            name='measurement',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='registry.measurement'),
        ),
        migrations.AddIndex(
            model_name='condition',
            index=models.Index(fields=['quantity', 'magnitude', 'measurement'], name='condition_magnitude'),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.UniqueConstraint(fields=('measurement', 'quantity'), name='condition_once_per_measurement'),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(('qualifier__in', ['=', '>', '≥', '<', '≤', '~'])), name='condition_qualifier_known'),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('magnitude__isnull', False), ('missing', '')), models.Q(('magnitude__isnull', True), models.Q(('missing', ''), _negated=True)), _connector='OR'), name='condition_number_or_reason'),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(('magnitude__isnull', True), models.Q(('magnitude__gte', -1e+300), ('magnitude__lte', 1e+300), models.Q(('lower__isnull', True), models.Q(('lower__gte', -1e+300), ('lower__lte', models.F('magnitude'))), _connector='OR'), models.Q(('upper__isnull', True), models.Q(('upper__gte', models.F('magnitude')), ('upper__lte', 1e+300)), _connector='OR')), _connector='OR'), name='condition_finite_within_bounds'),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('qualifier', '='), _negated=True), ('magnitude__isnull', True), models.Q(('lower__isnull', False), ('upper__isnull', False)), _connector='OR'), name='condition_number_has_bounds'),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(('standard_uncertainty__gte', 0), ('standard_uncertainty__lte', 1e+300), models.Q(('degrees_of_freedom__isnull', True), ('degrees_of_freedom__gt', 0), _connector='OR')), name='condition_uncertainty_finite'),
        ),
        migrations.RunPython(carry, put_back),
    ]
