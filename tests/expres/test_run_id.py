"""RunIds: their form, what is cut, and whose they are."""

import re
from uuid import UUID, uuid4

import pytest

from prefect_expres.expres.run_id import RunId, flow_run_of, owner_of

FINGERPRINT = "0123456789abcdef" * 4
OWNER = "AZrBT6Dqe9CK9-U4dm_YKA"
OTHER = "AZrBT6Dqe9CK9-U4dm_YKg"
TEXT = f"io-earth.0123456789ab.{OWNER}.c0de"


def test_a_run_id_has_four_parts() -> None:
    """Label, 12 digits of the fingerprint, 22 characters of the owner and 4 random digits."""
    name = RunId.new("io-earth", FINGERPRINT, OWNER)
    assert (name.label, name.fingerprint, name.owner) == ("io-earth", "0123456789ab", OWNER)
    assert re.fullmatch(rf"io-earth\.0123456789ab\.{OWNER}\.[0-9a-f]{{4}}", str(name))
    assert len({RunId.new("io", FINGERPRINT, OWNER).nonce for _ in range(20)}) > 10


@pytest.mark.parametrize(
    ("label", "kept"),
    [
        ("a" * 23, "a" * 23),
        ("a" * 24, "a" * 23),
        ("a" * 22 + "-b", "a" * 22),
        ("a" * 21 + "--b", "a" * 21),
        ("-a", "-a"),
    ],
)
def test_labels_are_cut_to_23_characters(label: str, kept: str) -> None:
    """A hyphen that the cut leaves at the end goes, and the whole has at most 64 characters."""
    name = RunId.new(label, FINGERPRINT, OWNER)
    assert name.label == kept
    assert len(str(name)) <= 64
    assert RunId.parse(str(name)) == name


def test_a_run_id_is_read_as_it_was_written() -> None:
    """The parts come back."""
    assert RunId.parse(TEXT) == RunId("io-earth", "0123456789ab", OWNER, "c0de")
    assert str(RunId.parse(TEXT)) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        TEXT + "\n",
        TEXT + "e",
        TEXT[:-1],
        " " + TEXT,
        TEXT.replace("io-earth", ""),
        TEXT.replace("io-earth", "a" * 24),
        TEXT.replace("io-earth", "io.earth"),
        TEXT.replace("io-earth", "i\u00f6"),
        TEXT.replace("0123456789ab", "0123456789a"),
        TEXT.replace("0123456789ab", "0123456789abc"),
        TEXT.replace("0123456789ab", "0123456789AB"),
        TEXT.replace(OWNER, OWNER[1:]),
        TEXT.replace(OWNER, OWNER + "A"),
        TEXT.replace(OWNER, OWNER[:-1] + "B"),
        TEXT.replace(OWNER, OWNER.replace("-", "+")),
        TEXT.replace("c0de", "code"),
    ],
)
def test_other_texts_are_no_run_ids(text: str | None) -> None:
    """One character more, less or of another kind is not this form."""
    assert RunId.parse(text) is None
    assert not RunId.is_of(text, OWNER)


def test_a_run_id_belongs_to_an_owner_and_a_simulation() -> None:
    """Owner and, if one is given, fingerprint must be the same."""
    assert RunId.is_of(TEXT, OWNER)
    assert RunId.is_of(TEXT, OWNER, FINGERPRINT)
    assert not RunId.is_of(TEXT, OTHER)
    assert not RunId.is_of(TEXT, OTHER, FINGERPRINT)
    assert not RunId.is_of(TEXT, OWNER, "f" + FINGERPRINT[1:])
    assert not RunId.is_of(TEXT, OWNER, FINGERPRINT[:11] + "f" * 53)
    assert not RunId.is_of(TEXT, OWNER, "")


def test_the_owner_is_the_whole_flow_run() -> None:
    """Its id, as a UUID or as text, comes back; that of another run is another owner."""
    flow_run = UUID("019AC14F-A0EA-7BD0-8AF7-E538766FD828")
    assert owner_of(flow_run) == owner_of(str(flow_run).upper()) == OWNER
    for run in (flow_run, UUID(int=0), UUID(int=2**128 - 1), uuid4()):
        assert flow_run_of(owner_of(run)) == run
        RunId.check_owner(owner_of(run))
    assert len({owner_of(UUID(int=1 << bit)) for bit in range(128)}) == 128


@pytest.mark.parametrize(
    "owner", ["", "me", OWNER[1:], OWNER + "A", OWNER[:-1] + "B", OWNER + "\n", " " + OWNER]
)
def test_owners_that_do_not_fit_are_refused(owner: str) -> None:
    """22 characters of an id, or the job could not be found again."""
    RunId.check_owner(OWNER)
    for refused in (RunId.check_owner, lambda text: RunId.new("io", FINGERPRINT, text)):
        with pytest.raises(ValueError, match="does not fit a runId; give owner_of"):
            refused(owner)
