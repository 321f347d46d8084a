"""Stands in while the Athena half is not there yet."""


class AthenaService:
    def __init__(self, store, config):
        pass

    async def start(self):
        pass

    async def close(self):
        pass

    async def handle(self, operation, body, identity):
        return {}

    def stats(self):
        return {}

    def reset(self):
        pass
