"""Phases, times and single values: how they are read, written and ordered."""

import pickle
import time
from dataclasses import FrozenInstanceError
from datetime import datetime, timedelta, timezone

import pytest

from prefect_expres.errors import Malformed, ProtocolError
from prefect_expres.uws import JobRef, Parameter, Phase, Timestamp
from prefect_expres.uws.text import (
    finite_number,
    read_description,
    read_phase,
    read_seconds,
    read_text,
    read_word,
    utc_text,
    whole_number,
)


def test_phases_that_end_and_phases_that_wait() -> None:
    """UWS 1.1, sections 2.1.3 and 2.2.1.1."""
    assert {phase.value for phase in Phase if phase.finished} == {
        *("COMPLETED", "ERROR", "ABORTED", "ARCHIVED")
    }
    assert {phase.value for phase in Phase if phase.waits} == {"PENDING", "QUEUED", "EXECUTING"}
    assert [phase.value for phase in Phase] == [
        *("PENDING", "QUEUED", "EXECUTING", "COMPLETED", "ERROR", "ABORTED"),
        *("HELD", "SUSPENDED", "UNKNOWN", "ARCHIVED"),
    ]
    assert all(phase.value == phase.name for phase in Phase)


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_is_read(phase: Phase) -> None:
    """Upper and lower case and white space do not matter."""
    assert read_phase(phase.value) is phase
    assert read_phase(f" {phase.value.lower()}\n") is phase
    assert read_word(f"\n{phase.value} ".encode()) is phase


def test_other_words_are_unknown_phases() -> None:
    """A service may have more phases; a page or an empty answer is an error."""
    assert read_phase("NAPPING") is read_phase("") is read_phase(None) is Phase.UNKNOWN
    assert read_word(b"A" * 40) is Phase.UNKNOWN
    for text in (b"", b" ", b"A" * 41, b"TWO WORDS", b"PHASE1", b"<other>"):
        with pytest.raises(Malformed, match="did not answer with a phase but"):
            read_word(text)
    with pytest.raises(Malformed) as caught:
        read_word(b"x " * 400)
    assert str(caught.value).endswith(repr("x " * 40))


def test_times_are_ordered() -> None:
    """A time without a zone counts as UTC; a text that is no time comes last."""
    texts = [
        "2026-01-01T00:00:00+01:00",
        "2025-12-31T23:30:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00.5Z",
        "soon",
    ]
    orders = [Timestamp(text=text).order for text in texts]
    assert orders == sorted(orders)
    assert orders[-1] == float("inf")
    assert Timestamp(text="2026-01-01T00:00:00Z").order == orders[2] == 1767225600.0
    assert Timestamp(text="soon").moment is None
    moment = Timestamp(text="2026-01-01T00:00:00+01:00").moment
    assert moment == datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))


def test_jobs_are_ordered_by_time_and_id() -> None:
    """A job without a time counts as the youngest."""
    early, late = Timestamp(text="2026-01-01"), Timestamp(text="2026-01-02")
    jobs = [
        JobRef(id="b", creation_time=early),
        JobRef(id="a", creation_time=late),
        JobRef(id="c", creation_time=late),
        JobRef(id="a"),
        JobRef(id="b"),
    ]
    jobs_read = [jobs[4], jobs[2], jobs[0], jobs[3], jobs[1]]
    assert sorted(jobs_read, key=lambda job: job.age) == jobs


def test_models_do_not_change() -> None:
    """Models are frozen, so that tasks can share them."""
    with pytest.raises(FrozenInstanceError):
        JobRef(id="a").id = "b"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(JobRef(id="a"))) == JobRef(id="a")


def test_parameter_is_decoded_only_if_it_was_encoded() -> None:
    """A plus sign stays one if the parameter was not encoded."""
    assert Parameter(id="p", text="a+b%20c").value == "a+b%20c"
    assert Parameter(id="p", text="a+b%20c", encoded=True).value == "a b c"


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0.0), ("1.5", 1.5), (" 7\n", 7.0), ("-1", -1.0), ("1e3", 1000.0)]
    + [(text, None) for text in ("", "x", "nan", "inf", "-inf", "1 s", None)],
)
def test_numbers_are_finite(text: str | None, number: float | None) -> None:
    """A text that is no number is None, or an error where a number is needed."""
    assert finite_number(text) == number
    if number is not None:
        assert read_seconds(text or "") == number
    else:
        with pytest.raises(ProtocolError, match="is not a number of seconds"):
            read_seconds(text or "")


def test_long_text_is_shown_in_part() -> None:
    """The error shows 80 characters of it."""
    with pytest.raises(ProtocolError) as caught:
        read_seconds("x" * 900)
    assert str(caught.value) == f"{'x' * 80!r} is not a number of seconds"


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), (" 12 ", 12), ("007", 7)]
    + [(text, None) for text in ("", " ", "-1", "+1", "1.0", "1_0", "²", "٣", "x", None)],
)
def test_whole_numbers_are_digits(text: str | None, number: int | None) -> None:
    """Any other text is None."""
    assert whole_number(text) == number


def test_texts_are_read_whatever_their_encoding() -> None:
    """Bytes that are not UTF-8 are replaced."""
    assert read_text(b" a\xffb \n") == "a\N{REPLACEMENT CHARACTER}b"
    assert read_description(b' {"a": 1} ') == {"a": 1}


def test_times_are_written_as_uws_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are in UTC, to the second, with Z; a time without a zone is taken as UTC."""
    monkeypatch.setenv("TZ", "JST-9")
    time.tzset()
    paris = timezone(timedelta(hours=1))
    assert utc_text(datetime(2026, 1, 1, 0, 30, 1, 999999, tzinfo=paris)) == "2025-12-31T23:30:01Z"
    assert utc_text(datetime(2026, 1, 1, 0, 30, 1, 5)) == "2026-01-01T00:30:01Z"  # noqa: DTZ001
    assert utc_text("2026-01-01") == "2026-01-01"
    monkeypatch.undo()
    time.tzset()


def test_times_without_a_zone_are_sorted_as_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever this machine is."""
    monkeypatch.setenv("TZ", "JST-9")
    time.tzset()
    assert Timestamp("2026-01-01T12:00:00").order == Timestamp("2026-01-01T12:00:00Z").order
    monkeypatch.undo()
    time.tzset()
