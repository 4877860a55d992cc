"""A process that asks for a run of a deployment and its result: ``asking.py DEPLOYMENT GIVEN``.

It prints the type and the content of the result, or the error, as JSON.
"""

import asyncio
import json
import sys
from typing import Any

from prefect.deployments import run_deployment
from pydantic_core import to_jsonable_python

from prefect_expres.blocks import ExpresService


async def ask(deployment: str, parameters: dict[str, Any]) -> Any:
    """Have a deployment run, and give the result of its run."""
    saved = parameters.pop("saved", None)
    unsaved = parameters.pop("unsaved", None)
    if saved:
        parameters["service"] = await ExpresService.aload(saved)
    if unsaved:
        parameters["service"] = ExpresService(**unsaved)
    run: Any = await run_deployment(deployment, parameters=parameters, poll_interval=0.5)
    return await run.state.aresult()


if __name__ == "__main__":
    try:
        found = asyncio.run(ask(sys.argv[1], json.loads(sys.argv[2])))
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is printed
        told = {"error": type(fault).__name__, "message": str(fault)}
    else:
        told = {"type": type(found).__name__, "content": to_jsonable_python(found)}
    sys.stdout.write(f"\nGIVEN {json.dumps(told)}\n")
