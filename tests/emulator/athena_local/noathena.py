"""Stands in while the Athena half is not there yet."""

from .errors import AthenaError


class AthenaService:
    def __init__(self, store, config):
        pass

    async def start(self):
        pass

    async def close(self):
        pass

    async def handle(self, operation, body, identity):
        raise AthenaError("InternalServerException", "no Athena here yet", 500)

    def stats(self):
        return {}

    def reset(self):
        pass
