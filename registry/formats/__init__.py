"""Dates and times as the admin prints and reads them: of the day in 24 hours, dates from the year to the day."""
