"""Every word of every enumerated key, as ExPRES reads it, and in spellings that it does not."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pytest

from prefect_expres.expres import Configuration, vocabulary, warnings_of
from prefect_expres.expres.vocabulary import ON_A_MOON
from tests.expres.bounds.changes import (
    AURORAL,
    AUTO,
    CONSTANT,
    FILE,
    Changes,
    apply,
    each,
    named,
    starts,
)

PASSES, WARNED, REFUSED = "passes", "warned", "refused"
TRACK: Changes = {"OBSERVER.TYPE": "Pre-Defined"}
OFF: Changes = each(LAG_MODEL="off")


class Words(NamedTuple):
    """An enumerated key: its words, and what becomes of them in another spelling."""

    path: str
    words: Sequence[str]
    given: Changes
    other_case: str
    """What becomes of a word in capitals, in small letters or the reverse."""
    misspelt: str
    """What becomes of a word with a letter too many."""


KEYS: dict[str, Words] = {
    "frequency type": Words("FREQUENCY.TYPE", ("Linear", "Log"), {}, REFUSED, REFUSED),
    "frequency list": Words(
        "FREQUENCY.TYPE", ("Pre-Defined",), {"FREQUENCY.SC": [1, 2]}, REFUSED, REFUSED
    ),
    "fixed observer": Words("OBSERVER.TYPE", ("Fixed",), {}, REFUSED, REFUSED),
    "orbiter": Words(
        "OBSERVER.TYPE",
        ("Orbiter",),
        {"OBSERVER.SEMI_MAJ": 9, "OBSERVER.SEMI_MIN": 9},
        REFUSED,
        REFUSED,
    ),
    "track": Words("OBSERVER.TYPE", ("Pre-Defined",), FILE, REFUSED, REFUSED),
    "observer of a position": Words(
        "OBSERVER.SC", vocabulary.WEB_OBSERVERS, AUTO, REFUSED, REFUSED
    ),
    "observer of a web track": Words(
        "OBSERVER.SC",
        ("Cassini", "Earth", "Ganymede", "Voyager1", "Voyager2"),
        TRACK,
        REFUSED,
        REFUSED,
    ),
    "Juno": Words("OBSERVER.SC", ("Juno",), TRACK, PASSES, REFUSED),
    "Galileo": Words("OBSERVER.SC", ("Galileo",), TRACK | starts("199609010000"), PASSES, REFUSED),
    "Voyager in 1979": Words(
        "OBSERVER.SC", ("Voyager1", "Voyager2"), TRACK | starts("197903050000"), PASSES, REFUSED
    ),
    "plasma": Words("BODY[0].DENS[1].TYPE", vocabulary.DENSITIES, {}, REFUSED, REFUSED),
    "field": Words(
        "BODY[0].MAG",
        [field.mag for field in vocabulary.FIELDS.values() if field.body == "Jupiter"]
        + [folder for folder, field in vocabulary.FIELDS.items() if field.body == "Jupiter"],
        {},
        WARNED,
        WARNED,
    ),
    "field of a star": Words(
        "BODY[0].MAG", vocabulary.fields_of(""), named("Star"), WARNED, WARNED
    ),
    "source on a moon": Words("SOURCE[0].TYPE", (ON_A_MOON,), {}, REFUSED, REFUSED),
    "source at a latitude": Words(
        "SOURCE[0].TYPE", (vocabulary.AT_A_LATITUDE,), AURORAL, WARNED, WARNED
    ),
    "source on a shell": Words("SOURCE[0].TYPE", ("L-shell", "M-shell"), AURORAL, PASSES, WARNED),
    "current": Words(
        "SOURCE[0].CURRENT",
        [word for word in vocabulary.CURRENTS if not word.endswith(vocabulary.BOUNDS)],
        CONSTANT | {"SOURCE[0].TEMPH": 1},
        REFUSED,
        REFUSED,
    ),
    "mode": Words("SOURCE[0].MODE", vocabulary.MODES, {}, PASSES, REFUSED),
    "mode of a constant cone": Words("SOURCE[0].MODE", vocabulary.MODES, CONSTANT, PASSES, WARNED),
    "law of Io": Words(
        "SOURCE[0].LAG_MODEL",
        [law for law in vocabulary.LEAD_LAWS if law != "bonfond2009"],
        {},
        PASSES,
        REFUSED,
    ),
    "no law": Words("SOURCE[0].LAG_MODEL", ("off",), {}, REFUSED, REFUSED),
    "lead": Words("SOURCE[0].LG_MIN", ("auto",), OFF, WARNED, WARNED),
    "lead beside": Words("SOURCE[0].LG_MIN", ("auto+3", "auto-3"), OFF, WARNED, WARNED),
    "planet of a file in km": Words(
        "OBSERVER.PARENT", tuple(vocabulary.KM_IN_A_RADIUS), FILE, REFUSED, REFUSED
    ),
}


def _given(key: Words, word: str) -> Changes:
    """Give what a word needs: the planet of a file in km has its name everywhere."""
    if key.path == "OBSERVER.PARENT":
        return named(word) | {"BODY[0].MAG": "mine"} | key.given
    return key.given


def _outcome(content: Any, path: str) -> str:
    if Configuration.problems_in(content):
        return REFUSED
    warnings = warnings_of(Configuration.from_mapping(content))
    return WARNED if path in {warning.path for warning in warnings} else PASSES


def _spellings(word: str) -> Iterator[tuple[str, str]]:
    """Give a word in other cases, and with a letter or a space too many."""
    for other in sorted({word.upper(), word.lower(), word.swapcase()} - {word}):
        yield "other_case", other
    yield from (("misspelt", other) for other in (f"{word}x", f"{word} ", f"x{word}"))


@pytest.mark.parametrize(("name", "word"), [(n, w) for n, key in KEYS.items() for w in key.words])
def test_a_word_passes_as_the_reader_has_it(name: str, word: str, configuration: Any) -> None:
    """In the spelling of ExPRES' code."""
    key = KEYS[name]
    changes = _given(key, word) | {key.path: word}
    assert _outcome(apply(configuration, changes), key.path) == PASSES


@pytest.mark.parametrize(("name", "word"), [(n, w) for n, key in KEYS.items() for w in key.words])
def test_other_spellings_are_what_the_reader_makes_of_them(
    name: str, word: str, configuration: Any
) -> None:
    """Another word, an unknown word, or the same one."""
    key = KEYS[name]
    for kind, other in _spellings(word):
        if other in key.words:
            continue
        content = apply(configuration, _given(key, word) | {key.path: other})
        assert _outcome(content, key.path) == getattr(key, kind), other


def test_words_with_a_surprise_of_their_own(configuration: Any) -> None:
    """Two words that are read, and do not what they say."""
    bounds = f"Transient (Aflvenic){vocabulary.BOUNDS}"
    assert _outcome(apply(configuration, {"SOURCE[0].CURRENT": bounds}), "") == REFUSED
    law = apply(configuration, {"SOURCE[0].LAG_MODEL": "bonfond2009"})
    assert _outcome(law, "SOURCE[0].LAG_MODEL") == WARNED


@pytest.mark.parametrize(
    ("given", "name", "words"),
    [
        (TRACK, "galileos", "write 'Galileo', or give an ephemeris file in OBSERVER.EPHEM"),
        (TRACK, "earth", "write 'Earth', or"),
        (AUTO, "galileos", "choose one of 'Cassini', 'Earth', 'Ganymede', 'Juno', 'Voyager1', "),
        (AUTO, "earth", "write 'Earth', or"),
    ],
)
def test_an_observer_is_one_of_those_that_its_type_knows(
    given: Changes, name: str, words: str, configuration: Any
) -> None:
    """The web has no position of Galileo, the server has its track."""
    (problem,) = Configuration.problems_in(apply(configuration, given | {"OBSERVER.SC": name}))
    assert problem.path == "OBSERVER.SC"
    assert problem.fix.startswith(words)
