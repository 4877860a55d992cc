"""Names and values that are sent, and names of files: what is allowed and what is not."""

import pytest

from prefect_expres.errors import RequestRejected, UnsafeName
from prefect_expres.uws import ResultRef, Upload, Verbatim, file_names
from prefect_expres.uws.filenames import safe_name
from prefect_expres.uws.forms import check_parameter, new_job_form

SAFE = [
    ("a", ""),
    ("_a1", "A-Z_a.z:0+9"),
    ("x" * 64, "x" * 10_000),
    ("A", "2026-01-01T00:00:00+01:00"),
]
UNSAFE_NAMES = ["", "1a", "a-b", "a b", "a.b", "é", "a\n", "x" * 65, "a;b", "a$"]
UNSAFE_VALUES = ["a b", "a\n", "\n", "$x", "a;b", "a|b", "a&b", "`x`", "'x'", '"x"', "a/b", "a\\b"]
UNSAFE_VALUES += ["a>b", "a<b", "(a)", "{a}", "[a]", "*", "?", "~", "#", "!", "%20", "=", ","]
UNSAFE_VALUES += ["é", "٣", "\0"]


@pytest.mark.parametrize(("name", "value"), SAFE)
def test_words_are_sent(name: str, value: str) -> None:
    """A name is a letter or underscore and up to 63 more; a value has any length."""
    check_parameter(name, value)
    assert new_job_form({name: value}, {}) == {name: (None, value)}


@pytest.mark.parametrize("name", UNSAFE_NAMES)
def test_other_names_are_refused(name: str) -> None:
    """This holds for parameters and for files."""
    with pytest.raises(RequestRejected, match=r"parameter name .* is refused"):
        check_parameter(name, "x")
    with pytest.raises(RequestRejected, match="parameter name"):
        new_job_form({name: "x"}, {})
    with pytest.raises(RequestRejected, match="parameter name"):
        new_job_form({}, {name: Upload("a.json", b"")})


@pytest.mark.parametrize("value", UNSAFE_VALUES)
def test_other_values_are_refused(value: str) -> None:
    """Only a `Verbatim` value is sent unchecked."""
    with pytest.raises(RequestRejected, match="of p is refused"):
        check_parameter("p", value)
    with pytest.raises(RequestRejected, match="of p is refused"):
        new_job_form({"o": "x", "p": value}, {})
    assert new_job_form({"p": Verbatim(value)}, {}) == {"p": (None, value)}


@pytest.mark.parametrize("name", ["a", "0", "a.json", "A-b_c.d", "x" * 200])
def test_file_names_that_are_sent(name: str) -> None:
    """They are sent with their media type."""
    form = new_job_form({"p": "1"}, {"f": Upload(name, b"{}")})
    assert form == {"p": (None, "1"), "f": (name, b"{}", "application/octet-stream")}
    form = new_job_form({}, {"f": Upload(name, b"{}", "application/json")})
    assert form == {"f": (name, b"{}", "application/json")}


@pytest.mark.parametrize("name", ["", ".a", "-a", "_a", "a b", "a/b", "é", "a\n", "x" * 201])
def test_file_names_that_are_refused(name: str) -> None:
    """The service gives file names to a shell, too."""
    with pytest.raises(RequestRejected, match=r"The file name .* of f is refused"):
        new_job_form({}, {"f": Upload(name, b"{}")})


def test_refusals_show_eighty_characters() -> None:
    """This holds for a name, a value and a file name."""
    long = " " * 300
    refused = [({long: ""}, {}), ({"p": long}, {}), ({}, {"f": Upload(long, b"")})]
    for parameters, files in refused:
        with pytest.raises(RequestRejected) as caught:
            new_job_form(parameters, files)
        assert repr(long[:80]) in str(caught.value)


def test_unknown_file_is_bytes() -> None:
    """Its media type is not guessed; nothing changes between the check and the sending."""
    upload = Upload("a", b"")
    assert upload.media_type == "application/octet-stream"
    with pytest.raises(AttributeError, match="cannot assign"):
        upload.name = "b"  # type: ignore[misc]


@pytest.mark.parametrize(
    "name",
    ["a", "0", "_", "a.cdf", "x" * 200, "a b+c@d=e,f(g)-h", "console", "com", "com10", "x.partial"],
)
def test_safe_names_are_kept(name: str) -> None:
    """Up to 200 characters, and names that only begin like reserved ones."""
    assert safe_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("x" * 201, "a\n", "a.PART", "a.part", "a.", "a ", "a..b", "aux", "PRN.txt", "lpt9.cdf"),
        *("com0", " a", "+a", "(a)", "\N{ARABIC-INDIC DIGIT THREE}"),
    ],
)
def test_unsafe_names_are_refused(name: str) -> None:
    """The error shows the beginning of the name."""
    with pytest.raises(UnsafeName, match="unsafe name") as caught:
        safe_name(name)
    assert caught.value.name == name[:200]
    with pytest.raises(UnsafeName) as caught:
        safe_name("/" * 300)
    assert (repr("/" * 80) in str(caught.value), caught.value.name) == (True, "/" * 200)


@pytest.mark.parametrize(
    ("id_", "href", "name", "stored"),
    [
        ("log", "http://h/store?ID=0f5b", "0f5b_run.log", "run.log"),
        ("log", "http://h/store?x=1&ID=0f5b", "run.log", "run.log"),
        ("r.cdf", "http://h/store?ID=0f5b", "0f5b_r.cdf", "r.cdf"),
        ("log", "http://h/results/log", "0f5b_run.log", "log"),
        ("log", "http://h/store?ID=0f5b", None, "log"),
        ("log", "http://h/store?ID=", "x.log", "log"),
        ("log", None, "x.log", "log"),
        ("log", "http://[::1/store?ID=0f5b", "x.log", "log"),
        ("log", "http://h/store?ID=one&ID=two", "one_two_x.log", "two_x.log"),
        ("r.cdf", "http://h/store?ID=0f5b", "0f5b_other.cdf", "r.cdf"),
    ],
)
def test_names_of_results(id_: str, href: str | None, name: str | None, stored: str) -> None:
    """The name is the id; for a role of OPUS it is the name of the file."""
    result = ResultRef(id=id_, href=href, name=name)
    assert file_names([result]) == {stored: result}


def test_results_do_not_share_a_name() -> None:
    """Names that differ only in case are the same on some file systems."""
    results = [ResultRef(id="a.cdf"), ResultRef(id="b.cdf")]
    assert file_names(results) == dict(zip(("a.cdf", "b.cdf"), results, strict=True))
    several = [ResultRef(id="diag", href=f"http://h/{number}") for number in range(3)]
    assert list(file_names(several, taken=["2-DIAG"])) == ["diag", "3-diag", "4-diag"]
    assert list(file_names([*results, ResultRef(id="B.cdf")])) == ["a.cdf", "b.cdf", "2-B.cdf"]
    long = [ResultRef(id="x" * 196 + ".cdf")] * 2
    assert all(safe_name(name).endswith("x.cdf") for name in file_names(long))


@pytest.mark.parametrize(
    ("id_", "stored"),
    [
        ("ivo://org/a:b.cdf", "ivo___org_a_b.cdf"),
        ("../../etc/passwd", "____etc_passwd"),
        ("a..b", "a_b"),
        ("nul", "_nul"),
        ("x.part", "_x.part_"),
        (".hidden.", "hidden"),
        ("", "_"),
        ("..", "_"),
        ("-x", "_-x"),
        ("\N{JUPITER}.cdf", "_.cdf"),
        ("a\nb", "a_b"),
        ("x" * 300 + ".cdf", "x" * 146 + ".cdf"),
    ],
)
def test_unsafe_names_are_made_safe(id_: str, stored: str) -> None:
    """What is not safe is replaced."""
    assert list(file_names([ResultRef(id=id_)])) == [safe_name(stored)]
