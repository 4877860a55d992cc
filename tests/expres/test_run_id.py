"""RunIds: their form, what is cut, and whose they are."""

import re
from uuid import UUID

import pytest

from prefect_expres.expres.run_id import RunId, owner_of

FINGERPRINT = "0123456789abcdef" * 4
OWNER = "fedcba9876543210"
TEXT = "io-earth.0123456789ab.fedcba9876543210.c0de"


def test_a_run_id_has_four_parts() -> None:
    """Label, 12 digits of the fingerprint, 16 of the owner and 4 that are random."""
    name = RunId.new("io-earth", FINGERPRINT, OWNER)
    assert (name.label, name.fingerprint, name.owner) == ("io-earth", "0123456789ab", OWNER)
    assert re.fullmatch(r"io-earth\.0123456789ab\.fedcba9876543210\.[0-9a-f]{4}", str(name))
    assert len({RunId.new("io", FINGERPRINT, OWNER).nonce for _ in range(20)}) > 10


@pytest.mark.parametrize(
    ("label", "kept"),
    [
        ("a" * 28, "a" * 28),
        ("a" * 29, "a" * 28),
        ("a" * 27 + "-b", "a" * 27),
        ("a" * 26 + "--b", "a" * 26),
        ("-a", "-a"),
    ],
)
def test_labels_are_cut_to_28_characters(label: str, kept: str) -> None:
    """A hyphen that the cut leaves at the end goes, and the whole has at most 63 characters."""
    name = RunId.new(label, FINGERPRINT, OWNER)
    assert name.label == kept
    assert len(str(name)) <= 63
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
        TEXT.replace("io-earth", "a" * 29),
        TEXT.replace("io-earth", "io.earth"),
        TEXT.replace("io-earth", "i\u00f6"),
        TEXT.replace("0123456789ab", "0123456789a"),
        TEXT.replace("0123456789ab", "0123456789abc"),
        TEXT.replace("0123456789ab", "0123456789AB"),
        TEXT.replace(OWNER, OWNER[1:]),
        TEXT.replace(OWNER, OWNER + "0"),
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
    assert not RunId.is_of(TEXT, OWNER[:-1] + "1")
    assert not RunId.is_of(TEXT, OWNER[:-1] + "1", FINGERPRINT)
    assert not RunId.is_of(TEXT, OWNER, "f" + FINGERPRINT[1:])
    assert not RunId.is_of(TEXT, OWNER, FINGERPRINT[:11] + "f" * 53)
    assert not RunId.is_of(TEXT, OWNER, "")


def test_the_owner_is_the_end_of_the_flow_run_id() -> None:
    """16 digits in lower case, of a UUID or of its text."""
    flow_run = UUID("01234567-89AB-7DEF-8123-456789ABCDEF")
    assert owner_of(flow_run) == owner_of(str(flow_run).upper()) == "8123456789abcdef"


@pytest.mark.parametrize(
    "owner", ["", "me", OWNER[1:], OWNER + "0", OWNER.upper(), OWNER + "\n", " " + OWNER]
)
def test_owners_that_do_not_fit_are_refused(owner: str) -> None:
    """16 hexadecimal digits in small letters, or the job could not be found again."""
    RunId.check_owner(OWNER)
    for refused in (RunId.check_owner, lambda text: RunId.new("io", FINGERPRINT, text)):
        with pytest.raises(ValueError, match="does not fit a runId; give 16 hexadecimal digits"):
            refused(owner)
