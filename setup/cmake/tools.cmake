# Targets that look at the sources: format, format-check, tidy.
