"""The words that ExPRES 1.4 knows, as its code has them."""

from datetime import date

import pytest

from prefect_expres.expres import vocabulary


def test_the_words_are_those_of_the_code() -> None:
    """Observers, leads, laws and tracks."""
    assert (
        *("Cassini", "Earth", "Galileo", "Ganymede", "Juno", "Voyager1", "Voyager2"),
    ) == vocabulary.OBSERVERS
    assert vocabulary.LEADS == ("auto", "auto+3", "auto-3")
    assert vocabulary.NO_LAW == ("", "off")
    assert (
        *("hess2011", "bonfond2009", "bonfond2017", "hinton2019", "hue2023", "bonfond2017_old"),
    ) == vocabulary.LEAD_LAWS
    assert {
        "juno": (date(2016, 1, 1), date(2028, 9, 30)),
        "galileo": (date(1996, 8, 27), date(1996, 9, 16)),
    } == vocabulary.TRACKS


def test_bodies_have_their_fields() -> None:
    """Planets have models of their own; any other body has those of stars and exoplanets."""
    assert vocabulary.fields_of("Mercury") == ("A12",)
    assert vocabulary.fields_of("Earth") == ("IGRF2000",)
    assert vocabulary.fields_of("Saturn") == ("SPV", "Z3")
    assert vocabulary.fields_of("Uranus") == ("AH5", "Q3")
    sheet = ("JRM09", "ISaAC", "O6", "VIP4", "VIPAL", "VIT4")
    assert vocabulary.fields_of("Jupiter") == (
        *("JRM33", "JRM09_CS2020"),
        *(f"{name}+Connerney CS" for name in sheet),
    )
    assert vocabulary.fields_of("Tau Boo b") == (
        *("TDS", "TDS_axi", "Tau_Boo_ab_axi"),
        *(f"ADLeonis_{gauss}G" for gauss in (262, 300, 441, 460)),
        *("proxima_centauri", "proxima_centauri_axi"),
    )


@pytest.mark.parametrize(
    ("mag", "folder"),
    [
        ("JRM09+Connerney CS", "JRM09"),
        ("JRM09 Connerney CS", "JRM09"),
        ("ISaAC+Connerney CS", "ISaAC"),
        ("JRM09_CS2020", "JRM09_CS2020"),
        ("JRM09", "JRM09"),
        ("SPV", "SPV"),
        ("mine", "mine"),
        ("JRM33+Connerney CS", "JRM33+Connerney CS"),
        ("JRM09+connerney CS", "JRM09+connerney CS"),
    ],
)
def test_a_field_is_a_folder(mag: str, folder: str) -> None:
    """Six models lose the name of their current sheet; any other word is a folder itself."""
    assert vocabulary.field_folder(mag) == folder


@pytest.mark.parametrize(
    ("word", "lines"),
    [
        ("fixed in latitude", "_lat"),
        ("Fixed in latitude", "_msh"),
        ("attached to a satellite", "_lsh"),
        ("Attached to a satellite", "_lsh"),
        ("L-shell", "_lsh"),
        ("l-SHELL", "_lsh"),
        ("M-shell", "_msh"),
        ("anything", "_msh"),
    ],
)
def test_a_source_type_has_its_field_lines(word: str, lines: str) -> None:
    """Case counts for sources at a latitude only; what is unknown is on an M-shell."""
    assert vocabulary.lines_of(word) == lines
