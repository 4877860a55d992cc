"""A science script as users write it, with mistakes that a type checker must find.

A line that ends in "# error" has one; no other line has.
"""

from prefect_expres import ExpresService, SimulationResult, simulate
from prefect_expres.analysis import draw_quicklook, open_results

service = ExpresService(base_url="https://service.example", user="me")
ExpresService(base_url="https://service.example", nonsense=1)  # error
ExpresService(base_url=3)  # error

result: SimulationResult = simulate("io.json", service, output="out")
simulate("io.json", service, outputt="out")  # error
simulate("io.json")  # error
simulate("io.json", service, attempts="two")  # error

with open_results("io.cdf") as dataset:
    draw_quicklook([dataset], "io.png", nonsense=True)  # error
    open_results(3)  # error


async def main() -> str:
    """Await what a script calls: it has the exact type."""
    state = await simulate("io.json", service, return_state=True)
    awaited = await simulate("io.json", service)
    awaited.nonsense()  # error
    return state.name or awaited.folder
