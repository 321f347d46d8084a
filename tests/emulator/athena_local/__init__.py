"""A local Amazon Athena: Athena's JSON API, S3 and STS on loopback. See ../README.md."""
