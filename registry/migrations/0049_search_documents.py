"""Search documents. They are filled at the end of `migrate`, when the records have their newest form."""

import django.db.models.deletion
from django.db import migrations, models

import registry.models.search_document


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0048_file_draft'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('cell', 'Cells'), ('measurement', 'Measurements'), ('material', 'Materials'), ('formulation', 'Formulations'), ('publication', 'Publications'), ('file', 'Files'), ('attachment', 'Attachments'), ('setup', 'Set-ups'), ('group', 'Groups'), ('table', 'Tables'), ('project', 'Projects')], max_length=16)),
                ('record', models.PositiveBigIntegerField(help_text='Primary key of the record.')),
                ('is_simulated', models.BooleanField(default=False)),
                ('key', models.CharField(blank=True, db_index=True, help_text='Refcode, DOI or name, in the form they are compared in.', max_length=300)),
                ('title', models.CharField(max_length=300)),
                ('detail', models.CharField(blank=True, max_length=300)),
                ('target', models.CharField(help_text='Page, its argument and an anchor: cell C-00035 M-00012.', max_length=300)),
                ('tokens', registry.models.search_document.TokensField()),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='registry.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'record'), name='search_document_once_per_record')],
            },
        ),
        # Separate, so that going back removes the FTS5 table.
        migrations.AddIndex(
            model_name='searchdocument',
            index=registry.models.search_document.TokenIndex(fields=['tokens'], name='search_document_tokens'),
        ),
    ]
