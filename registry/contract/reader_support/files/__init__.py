"""The contents of files: text, rows of numbers, workbooks, ZIP archives and binary records."""
