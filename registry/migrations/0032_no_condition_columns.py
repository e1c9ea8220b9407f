"""The columns of conditions, which are rows now, are removed from the measurements."""

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models.fields import NOT_PROVIDED

TEXTS = (
    'stack_pressure', 'temperature', 'c_rate_as_written', 'current_density', 'voltage_lower', 'voltage_upper', 'voltage',
    'cycle_number_as_written',
)
NUMBERS = (
    'stack_pressure_mpa', 'temperature_degc', 'c_rate', 'current_density_ma_cm2', 'voltage_lower_v', 'voltage_upper_v',
    'voltage_v', 'cycle_number',
)
ENDINGS = ('', '_lower', '_upper', '_qualifier', '_inferred')
COLUMNS = (*TEXTS, *(f'{slug}{ending}' for slug in NUMBERS for ending in ENDINGS))
DEFAULTS = {NOT_PROVIDED: 'NULL', '': "NOT NULL DEFAULT ''", '=': "NOT NULL DEFAULT '='", False: 'NOT NULL DEFAULT false'}


class RemoveColumns(Operation):
    """Removes all columns at once: one operation for each would copy every table, and every model, that many times."""

    reversible = True

    def state_forwards(self, app_label, state):
        # Without models, a column costs nothing; they are made once when they are asked for.
        state.__dict__.pop('apps', None)
        for model in ('measurement', 'historicalmeasurement'):
            for name in COLUMNS:
                state.remove_field(app_label, model, name)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for table, column, _ in self._columns(app_label, schema_editor, from_state):
            schema_editor.execute(f'ALTER TABLE {table} DROP COLUMN {column}')

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for table, column, field in self._columns(app_label, schema_editor, to_state):
            kind = field.db_type(schema_editor.connection)
            schema_editor.execute(f'ALTER TABLE {table} ADD COLUMN {column} {kind} {DEFAULTS[field.default]}')

    def _columns(self, app_label, schema_editor, state):
        for model_name in ('measurement', 'historicalmeasurement'):
            model = state.apps.get_model(app_label, model_name)
            for name in COLUMNS:
                field = model._meta.get_field(name)
                yield schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(field.column), field


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0031_conditions_as_rows'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='measurement',
            name='measurement_stack_pressure_not_negative',
        ),
        migrations.RemoveConstraint(
            model_name='measurement',
            name='measurement_temperature_above_absolute_zero',
        ),
        migrations.RemoveConstraint(
            model_name='measurement',
            name='measurement_c_rate_positive',
        ),
        migrations.RemoveConstraint(
            model_name='measurement',
            name='measurement_voltage_window_ordered',
        ),
        migrations.RemoveIndex(
            model_name='measurement',
            name='measurement_pressure',
        ),
        migrations.RemoveIndex(
            model_name='measurement',
            name='measurement_c_rate',
        ),
        migrations.RemoveIndex(
            model_name='measurement',
            name='measurement_temperature',
        ),
        RemoveColumns(),
        migrations.AddIndex(
            model_name='measurement',
            index=models.Index(fields=['technique'], name='measurement_technique'),
        ),
    ]
