"""Constraints on the bounds and the qualifier of a value."""

from django.db import migrations, models

MAX_MAGNITUDE = 1e300


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0025_rows_with_their_bounds'),
    ]

    operations = [
        migrations.AddConstraint('value', models.CheckConstraint(
            condition=models.Q(qualifier__in=['=', '>', '≥', '<', '≤', '~']), name='value_qualifier_known'
        )),
        migrations.AddConstraint('value', models.CheckConstraint(
            condition=models.Q(magnitude__isnull=True)
            | (
                models.Q(magnitude__gte=-MAX_MAGNITUDE, magnitude__lte=MAX_MAGNITUDE)
                & (models.Q(lower__isnull=True) | models.Q(lower__gte=-MAX_MAGNITUDE, lower__lte=models.F('magnitude')))
                & (models.Q(upper__isnull=True) | models.Q(upper__lte=MAX_MAGNITUDE, upper__gte=models.F('magnitude')))
            ),
            name='value_finite_within_bounds',
        )),
        migrations.AddConstraint('value', models.CheckConstraint(
            condition=~models.Q(qualifier='=')
            | models.Q(magnitude__isnull=True)
            | models.Q(lower__isnull=False, upper__isnull=False),
            name='value_number_has_bounds',
        )),
    ]
