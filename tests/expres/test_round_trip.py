"""Any configuration keeps every key and value, and any content is judged without a crash."""

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prefect_expres.errors import ConfigurationError
from prefect_expres.expres import Configuration, Problem, warnings_of
from tests.support.quick import DATA

GOOD = json.loads((DATA / "expres" / "fixed-observer.json").read_text())

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abXY", max_size=5), inner),
    max_leaves=8,
)
numbers = st.integers(-(10**37), 10**37) | st.floats(-1e38, 1e38)


def places(content: Any, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """List the way to every value of some content."""
    inner = content.items() if isinstance(content, dict) else enumerate(content)
    found = []
    for step, value in inner:
        found.append((*way, step))
        if isinstance(value, dict | list):
            found += places(value, (*way, step))
    return found


def put(content: Any, way: tuple[str | int, ...], value: Any) -> Any:
    """Give a copy of the content with another value at one place."""
    changed = copy.deepcopy(content)
    section = changed
    for step in way[:-1]:
        section = section[step]
    section[way[-1]] = value
    return changed


@given(
    extras=st.dictionaries(st.text("abcxyz_", min_size=1, max_size=8), anything, max_size=4),
    where=st.sampled_from([(), ("SIMU",), ("BODY", 1), ("SOURCE", 0), ("SPDYN", "CDF")]),
    free=st.tuples(numbers, numbers, st.floats(1e-9, 1e38)),
)
def test_reading_and_writing_keep_everything(
    extras: dict[str, Any], where: tuple[str | int, ...], free: tuple[Any, ...]
) -> None:
    """Keys that are unknown and numbers of any form come back as they were, and the same bytes."""
    content = copy.deepcopy(GOOD)
    section = content
    for step in where:
        section = section[step]
    section.update(extras)
    content["BODY"][1]["PHASE"], content["OBSERVER"]["SUBL"], content["SOURCE"][0]["WIDTH"] = free
    configuration = Configuration.parse(json.dumps(content))
    written = configuration.to_json()
    assert repr(json.loads(written)) == repr(content)
    again = Configuration.parse(written)
    assert again.to_json() == written
    assert again.canonical() == configuration.canonical()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(way=st.sampled_from(places(GOOD)), value=anything)
def test_any_value_anywhere_is_judged(way: tuple[str | int, ...], value: Any) -> None:
    """A strange value is kept or told in whole lines; nothing else is ever raised."""
    content = put(GOOD, way, value)
    problems = Configuration.problems_in(content)
    for problem in problems:
        assert isinstance(problem, Problem)
        assert problem.parts().keys() >= {"path", "rule", "fix"}
        same = pickle.loads(pickle.dumps(problem))
        assert (same, same.parts()) == (problem, problem.parts())
    if not problems:
        configuration = Configuration.from_mapping(content)
        assert configuration.content() == content
        warnings_of(configuration)


@given(anything)
def test_any_content_is_judged(content: Any) -> None:
    """What is no configuration at all is a problem of the file or of its sections."""
    assert Configuration.problems_in(content)


@given(st.text() | st.binary())
def test_any_other_text_is_refused(data: str | bytes) -> None:
    """No text makes the reader crash, and none of them is a configuration by chance."""
    with pytest.raises(ConfigurationError):
        Configuration.parse(data)
