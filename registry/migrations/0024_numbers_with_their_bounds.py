"""Columns for the bounds and the qualifier of each number of a record; a value may lack a bound."""

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models.fields import NOT_PROVIDED

from registry.models.fields import DerivedBooleanField, DerivedFloatField, DerivedQualifierField

NUMBERS = (
    ('batch', 'median_particle_size_um'),
    ('cell', 'fabrication_pressure_mpa'),
    ('hardwaresetup', 'die_diameter_mm'),
    ('ingredient', 'mass_fraction_percent'),
    ('layer', 'area_cm2'),
    ('layer', 'mass_loading_mg_cm2'),
    ('layer', 'thickness_um'),
    ('material', 'density_g_cm3'),
    ('material', 'median_particle_size_um'),
    ('material', 'theoretical_capacity_mah_g'),
    ('measurement', 'c_rate'),
    ('measurement', 'current_density_ma_cm2'),
    ('measurement', 'cycle_number'),
    ('measurement', 'stack_pressure_mpa'),
    ('measurement', 'temperature_degc'),
    ('measurement', 'voltage_lower_v'),
    ('measurement', 'voltage_upper_v'),
    ('measurement', 'voltage_v'),
)
QUALIFIERS = [
    ('=', 'equals'), ('>', 'more than'), ('≥', 'at least'), ('<', 'less than'), ('≤', 'at most'), ('~', 'about')
]
DEFAULTS = {NOT_PROVIDED: 'NULL', '=': "NOT NULL DEFAULT '='", False: 'NOT NULL DEFAULT false'}


def columns():
    return {
        'lower': DerivedFloatField(blank=True, editable=False, null=True),
        'upper': DerivedFloatField(blank=True, editable=False, null=True),
        'qualifier': DerivedQualifierField(blank=True, default='=', editable=False, max_length=1),
        'inferred': DerivedBooleanField(blank=True, default=False, editable=False),
    }


def each_column():
    for model, slug in NUMBERS:
        for prefix in ('', 'historical'):
            for name, field in columns().items():
                yield f'{prefix}{model}', f'{slug}_{name}', field


class AddColumns(Operation):
    """Adds all columns at once: one operation for each would copy every table, and every model, that many times."""

    reversible = True

    def state_forwards(self, app_label, state):
        # Without models, a column costs nothing; they are made once when they are asked for.
        state.__dict__.pop('apps', None)
        for model, name, field in each_column():
            state.add_field(app_label, model, name, field, preserve_default=True)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for table, column, field in self._columns(app_label, schema_editor, to_state):
            kind = field.db_type(schema_editor.connection)
            schema_editor.execute(f'ALTER TABLE {table} ADD COLUMN {column} {kind} {DEFAULTS[field.default]}')

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for table, column, _ in self._columns(app_label, schema_editor, from_state):
            schema_editor.execute(f'ALTER TABLE {table} DROP COLUMN {column}')

    def _columns(self, app_label, schema_editor, state):
        for model_name, name, _ in each_column():
            model = state.apps.get_model(app_label, model_name)
            field = model._meta.get_field(name)
            yield schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(field.column), field


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0023_lists_of_refcodes'),
    ]

    operations = [
        AddColumns(),
        *(
            migrations.AlterField(model, 'qualifier', models.CharField(choices=QUALIFIERS, default='=', max_length=1))
            for model in ('value', 'historicalvalue')
        ),
        migrations.RemoveConstraint('value', 'value_qualifier_known'),
        migrations.RemoveConstraint('value', 'value_finite_within_bounds'),
    ]
