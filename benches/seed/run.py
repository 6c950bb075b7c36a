"""
Asks for the status of many users by the seed's class, and prints as JSON how long that took.

    python run.py HOST CLIENT_ID CLIENT_SECRET USERS TASKS
"""

import asyncio
import functools
import json
import sys
import time
from types import SimpleNamespace

import httpx

import astrolabe_client

# Nextcloud answers 412 to a request without this header, which the class does not send: it gets it here, so that there
# is something to measure. The class itself is as it was.
astrolabe_client.httpx = SimpleNamespace(
    AsyncClient=functools.partial(httpx.AsyncClient, headers={"OCS-APIRequest": "true"})
)


async def main(host: str, client_id: str, client_secret: str, users: str, tasks: str) -> None:
    client = astrolabe_client.AstrolabeClient(host, client_id, client_secret)
    ids = (f"user{number:05}" for number in range(1, int(users) + 1))

    async def work() -> None:
        for user_id in ids:
            await client.get_background_sync_status(user_id)

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(int(tasks))))
    print(json.dumps({"users": int(users), "seconds": time.perf_counter() - start}))


asyncio.run(main(*sys.argv[1:]))
