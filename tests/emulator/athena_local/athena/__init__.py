"""The Athena API: queries and their life, workgroups, metadata, prepared statements."""
