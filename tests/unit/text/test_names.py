"""Author lines of every real shape, and agreement with arXiv's own splitting."""

import difflib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.domain.paper import Author
from app.text.names import fold_name, make_initials, parse_author_list
from app.text.tex import decode_tex_accents, strip_tex_braces
from tests.unit.growth import assert_linear
from tests.unit.real_data import data_file


def names(text: str) -> list[str]:
    return [author.sorting_name for author in parse_author_list(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yajun Zhou", ["Zhou, Yajun"]),
        ("A. B. Last, C. D. Other and E. Third", ["Last, A. B.", "Other, C. D.", "Third, E."]),
        ("A. Last, B. Other, and C. Third", ["Last, A.", "Other, B.", "Third, C."]),
        ("A. Last & B. Other", ["Last, A.", "Other, B."]),
        ("A. Last,\n  B. Other", ["Last, A.", "Other, B."]),
        ("M.P. Last, N.V.Tcherniega", ["Last, M. P.", "Tcherniega, N. V."]),
        ("H. -J. Mathes, Zh. -A. M. Dzhilkibaev", ["Mathes, H.-J.", "Dzhilkibaev, Zh.-A. M."]),
        ("Prashant", ["Prashant"]),
        ("Kaiming He; Georgia Gkioxari", ["He, Kaiming", "Gkioxari, Georgia"]),
        ("He, Kaiming; Gkioxari, Georgia", ["He, Kaiming", "Gkioxari, Georgia"]),
        ("Last, R., Other, O., Third, M. A", ["Last, R.", "Other, O.", "Third, M. A"]),
        ("A. Last, ;", ["Last, A."]),
        ("H. Albrecht et al.", ["Albrecht, H."]),
        ("H. Albrecht, et. al", ["Albrecht, H."]),
        ("Le Wu1, Lei Chen12, Pratim Last*", ["Wu, Le", "Chen, Lei", "Last, Pratim"]),
        ("An Wang, A Last, For Smith", ["Wang, An", "Last, A", "Smith, For"]),
        ("Prof P. Harini, Dr. O. B. Ramanaiah", ["Harini, P.", "Ramanaiah, O. B."]),
        ("王小明, 李雷", ["王小明", "李雷"]),
    ],
)
def test_plain_lists_are_split(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E. Fox Jr.", Author("Fox", "E.", "Jr.")),
        ("Michael R. Walker II", Author("Walker", "Michael R.", "II")),
        ("Vanderli Laurindo Jr", Author("Laurindo", "Vanderli", "Jr")),
        ("Jr-Shin Li", Author("Li", "Jr-Shin")),
        ("C. D. van der Berg", Author("van der Berg", "C. D.")),
        ("Laurens van der Maaten", Author("van der Maaten", "Laurens")),
        ("E. R. Bezerra de Mello", Author("de Mello", "E. R. Bezerra")),
        ("P. Di Francesco", Author("Di Francesco", "P.")),
        ("Luc Van Gool", Author("Van Gool", "Luc")),
        ("C. Le Bris", Author("Le Bris", "C.")),
        ("Thanh Van Nguyen", Author("Nguyen", "Thanh Van")),
        ("Di Wu", Author("Wu", "Di")),
        ("van Gogh", Author("van Gogh")),
        ("G. 't Hooft", Author("'t Hooft", "G.")),
        ("Santiago Ramón y Cajal", Author("Ramón y Cajal", "Santiago")),
        ("I. D'Amico", Author("D'Amico", "I.")),
        ("G. de M. Azevedo", Author("Azevedo", "G. de M.")),
    ],
)
def test_a_name_is_divided_into_family_given_and_suffix(text: str, expected: Author) -> None:
    assert parse_author_list(text) == (expected,)


def test_a_suffix_after_a_comma_belongs_to_the_name_before() -> None:
    assert names("G. David Forney, Jr. and Pascal O. Vontobel") == [
        "Forney, G. David, Jr.",
        "Vontobel, Pascal O.",
    ]
    assert names("Jr., A. Last") == ["Last, A."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C. Neri (Lloyds, London, UK) and L. Schneider (Lyon)", ["Neri, C.", "Schneider, L."]),
        (
            "B. Dias (1), P. Coelho (1 and 3) ((1) IAG (Brasil), (2) NAT, (3) UESC)",
            ["Dias, B.", "Coelho, P."],
        ),
        ("A. Last (MIT) B. Other (CERN)", ["Last, A.", "Other, B."]),
        ("Hector (Hong) Wang", ["Wang, Hector"]),
        ("A. Last (MIT, B. Other", ["Last, A.", "Other, B."]),
        ("A. Last), B. Other", ["Last, A.", "Other, B."]),
    ],
)
def test_affiliations_in_parentheses_are_left_out(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "ATLAS Collaboration: G. Aad, B. Abbott",
            ["ATLAS Collaboration", "Aad, G.", "Abbott, B."],
        ),
        ("The D0 Collaboration: V.M. Abazov, et al", ["D0 Collaboration", "Abazov, V. M."]),
        ("The ATLAS Collaboration", ["ATLAS Collaboration"]),
        ("Inclusion AI, :, F. Wang, J. Liu", ["Inclusion AI", "Wang, F.", "Liu, J."]),
        (
            "P. Scott, the IceCube Collaboration, :, R. Abbasi",
            ["Scott, P.", "IceCube Collaboration", "Abbasi, R."],
        ),
        ("A. Last (for the XYZ Collaboration)", ["Last, A.", "XYZ Collaboration"]),
        ("A. Last (RBC and UKQCD Collaborations)", ["Last, A.", "RBC Collaboration"]),
        ("Mark Terwort for the CALICE collaboration", ["Terwort, Mark", "CALICE collaboration"]),
        ("Miao He, for the JUNO collaboration", ["He, Miao", "JUNO collaboration"]),
        ("A. Last and the ALADiN2000 Collaboration", ["Last, A.", "ALADiN2000 Collaboration"]),
        ("Boqun Wang, for the Belle II PID Group", ["Wang, Boqun", "Belle II PID Group"]),
        ("Team Cohere, A. Last", ["Team Cohere", "Last, A."]),
    ],
)
def test_a_collaboration_is_an_author_of_one_name(text: str, expected: list[str]) -> None:
    assert names(text)[: len(expected)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Mikhail Kapranov, with an Appendix by Pavel Etingof",
        "Mikhail Kapranov, Appendix by Pavel Etingof",
        "Mikhail Kapranov, appendix with Pavel Etingof",
        "Mikhail Kapranov, with Pavel Etingof",
    ],
)
def test_authors_of_an_appendix_are_authors(text: str) -> None:
    assert names(text) == ["Kapranov, Mikhail", "Etingof, Pavel"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"Patrick Pl\"otz, Jos\'e R. Le\'on", ["Plötz, Patrick", "León, José R."]),
        (r"S{\o}ren Boldsen and Stanis{\l}awa Kanas", ["Boldsen, Søren", "Kanas, Stanisława"]),
        (r"V. V. Fran\c{c}a, A. Le M{\'e}haut{\'e}", ["França, V. V.", "Le Méhauté, A."]),
        (r"R. Bl\" umel", ["Blümel, R."]),
        (r"Magnus Sv\\\"ard, J. Nore\\~na", ["Svärd, Magnus", "Noreña, J."]),
        ("M. D{ž}amonja", ["Džamonja, M."]),
    ],
)
def test_tex_in_names_becomes_unicode(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize("text", ["", "   ", ",;:", "()", "(1)", "et al.", "123", "Jr.", "PhD"])
def test_a_text_without_a_name_has_no_authors(text: str) -> None:
    assert parse_author_list(text) == ()


@given(st.text() | st.from_regex(r"[A-Za-z.,;:()\\'{} &0-9]{0,60}"))
def test_any_text_gives_authors_with_a_family_name(text: str) -> None:
    for author in parse_author_list(text):
        assert author.family
        assert "," not in author.family


words = st.from_regex(r"[A-Z][a-z]{2,8}", fullmatch=True)


@given(st.lists(st.tuples(words, words), min_size=1, max_size=8), st.sampled_from([", ", " and "]))
def test_plain_names_come_back_in_their_order(people: list[tuple[str, str]], last: str) -> None:
    authors = [Author(family, given) for given, family in people]
    texts = [author.name for author in authors]
    text = last.join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else texts[0]
    if any(re.search(r"(?i)team|group|and|with|for|others", name) for name in texts):
        return
    assert [author.name for author in parse_author_list(text)] == texts


@pytest.mark.parametrize(
    "piece", ["(", "(a)", "a (b ", ":", "a:", ";", " and ", "\\'", "{", "a for "]
)
def test_time_stays_linear_on_a_long_line(piece: str) -> None:
    assert_linear(lambda size: parse_author_list(piece * (size // len(piece))), length=200_000)


def _words_of_families(families: list[str]) -> list[str]:
    return [fold_name(family).split()[-1] if fold_name(family) else family for family in families]


@pytest.mark.data
def test_families_agree_with_the_split_authors_of_the_same_papers() -> None:
    """The last word of every family name, since the other copy cuts some names inside words."""
    raw, split = "{http://arxiv.org/OAI/arXivRaw/}", "{http://arxiv.org/OAI/arXiv/}"
    agreed = total = 0
    for page in (1, 2, 3):
        answer = data_file(f"oai/generated/ListRecords_arXivRaw_all_p{page}.xml")
        lines = [
            record.findtext(f"{raw}authors")
            for record in etree.parse(answer).iter(f"{raw}arXivRaw")
        ]
        answer = data_file(f"oai/generated/ListRecords_arXiv_all_p{page}.xml")
        records = list(etree.parse(answer).iter(f"{split}arXiv"))
        for line, record in zip(lines, records, strict=True):
            theirs = [element.text or "" for element in record.iter(f"{split}keyname")]
            theirs = [decode_tex_accents(re.sub(r"\\+", r"\\", name)) for name in theirs]
            # Initials glued to the family ("V.P.Mineev") and suffixes counted as persons.
            theirs = [strip_tex_braces(name).rpartition(".")[2] or name for name in theirs]
            ours = [author.family for author in parse_author_list(line or "")]
            blocks = difflib.SequenceMatcher(
                None, _words_of_families(theirs), _words_of_families(ours), autojunk=False
            ).get_matching_blocks()
            agreed += sum(block.size for block in blocks)
            total += max(len(theirs), len(ours))
    assert total > 2_500
    assert agreed / total >= 0.98


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Schrödinger", "schrodinger"),
        ("Ørsted", "orsted"),
        ("Łukasz Đorđević", "lukasz dordevic"),
        ("Straße", "strasse"),
        ("D’Amico", "damico"),
        ("Jean-Marc", "jean marc"),
        ("M. P.", "m p"),
        ("王小明", "王小明"),
    ],
)
def test_names_are_folded_for_comparison(name: str, folded: str) -> None:
    assert fold_name(name) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_name(fold_name(text)) == fold_name(text)


@pytest.mark.parametrize(
    ("given_names", "initials"),
    [
        ("Jean-Marc Alain", "J.-M. A."),
        ("C. D.", "C. D."),
        ("C.-P.", "C.-P."),
        ("émile", "É."),
        ("", ""),
        ("- '", ""),
    ],
)
def test_initials_keep_hyphens(given_names: str, initials: str) -> None:
    assert make_initials(given_names) == initials
