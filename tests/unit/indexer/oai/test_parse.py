from datetime import UTC, date, datetime

import pytest

from app.domain.arxiv_id import ArxivId
from app.domain.errors import MalformedAnswerError, OaiError
from app.domain.harvest import DeletedRecord, MetadataFormat, PaperRecord
from app.domain.paper import Author, DatePrecision, Version
from indexer.oai.parse import OaiPage, parse_page
from tests.unit.real_data import data_file

RAW, ARXIV = MetadataFormat.ARXIV_RAW, MetadataFormat.ARXIV


def wrap(*records: str, tail: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        "<responseDate>2026-11-20T03:08:42Z</responseDate><request>x</request>"
        f"<ListRecords>{''.join(records)}{tail}</ListRecords></OAI-PMH>"
    ).encode()


def record(metadata: str, *, arxiv_id: str = "2609.00042", status: str = "") -> str:
    body = f"<metadata>{metadata}</metadata>" if metadata else ""
    return (
        f"<record><header{status}><identifier>oai:arXiv.org:{arxiv_id}</identifier>"
        "<datestamp>2026-11-19</datestamp><setSpec>math:math:GM</setSpec></header>"
        f"{body}</record>"
    )


def raw(fields: str, *, arxiv_id: str = "2609.00042") -> str:
    return record(
        f"<arXivRaw xmlns='http://arxiv.org/OAI/arXivRaw/'><id>{arxiv_id}</id>{fields}</arXivRaw>"
    )


def arxiv(fields: str, *, arxiv_id: str = "2609.00042") -> str:
    return record(
        f"<arXiv xmlns='http://arxiv.org/OAI/arXiv/'><id>{arxiv_id}</id>{fields}</arXiv>",
        arxiv_id=arxiv_id,
    )


V1 = '<version version="v1"><date>Wed, 02 Sep 2026 17:30:05 GMT</date><size>9kb</size></version>'
V2 = (
    "<version version='v2'><date>Thu, 19 Nov 2026 08:00:00 GMT</date><size>1kb</size>"
    "<source_type>I</source_type></version>"
)
BASICS = (
    "<title>On teapots</title><authors>Ada Quillfeather</authors><categories>math.GM</categories>"
)
CREATED = "<created>2026-09-02</created>"


def only(page: OaiPage) -> PaperRecord:
    assert page.skipped == ()
    (found,) = page.records
    assert isinstance(found, PaperRecord)
    return found


def test_raw_versions_give_both_dates_to_the_second() -> None:
    found = only(parse_page(wrap(raw(V2 + V1 + BASICS)), RAW))
    assert found.versions == (
        Version(1, datetime(2026, 9, 2, 17, 30, 5, tzinfo=UTC), "9kb", ""),
        Version(2, datetime(2026, 11, 19, 8, 0, tzinfo=UTC), "1kb", "I"),
    )
    assert found.submitted_at == datetime(2026, 9, 2, 17, 30, 5, tzinfo=UTC)
    assert found.submitted_precision is DatePrecision.TIME
    assert found.updated_at == datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
    assert found.version == 2
    assert found.datestamp == date(2026, 11, 19)


def test_source_type_i_of_the_newest_version_is_a_withdrawal() -> None:
    assert only(parse_page(wrap(raw(V1 + V2 + BASICS)), RAW)).is_withdrawn
    assert not only(parse_page(wrap(raw(V1 + BASICS)), RAW)).is_withdrawn


def test_comments_can_say_that_a_paper_is_withdrawn() -> None:
    comments = "<comments>This paper has been withdrawn by the author</comments>"
    assert only(parse_page(wrap(raw(V1 + BASICS + comments)), RAW)).is_withdrawn


def test_raw_tex_is_decoded_on_one_line_and_kept_where_it_differed() -> None:
    fields = (
        V1 + '<title>Schr\\"odinger&#39;s\n  teapot</title><authors>Ada Quillfeather and\n Bruno '
        "van der Zand</authors><categories>math.GM  cs.LG math.GM</categories>"
        "<abstract>  Plain words,\nhard breaks.\n</abstract>"
    )
    found = only(parse_page(wrap(raw(fields)), RAW))
    assert found.title == "Schrödinger's teapot"
    assert found.title_tex == "Schr\\\"odinger's teapot"
    assert found.abstract == "Plain words, hard breaks."
    assert found.abstract_tex is None
    assert [author.name for author in found.authors] == ["Ada Quillfeather", "Bruno van der Zand"]
    assert found.categories == ("math.GM", "cs.LG")


def test_comments_inside_a_text_and_cdata_do_not_cut_it() -> None:
    fields = V1 + BASICS.replace("On teapots", "On <!-- hush -->te<![CDATA[apots & co]]>")
    assert only(parse_page(wrap(raw(fields)), RAW)).title == "On teapots & co"


@pytest.mark.parametrize(
    ("created", "submitted", "precision"),
    [
        ("2026-09-02", datetime(2026, 9, 2, tzinfo=UTC), DatePrecision.DAY),
        ("2026-11-18", datetime(2026, 9, 1, tzinfo=UTC), DatePrecision.MONTH),
    ],
)
def test_created_is_the_first_day_only_within_the_month_of_the_id(
    created: str, submitted: datetime, precision: DatePrecision
) -> None:
    fields = f"<created>{created}</created><updated>2026-11-19</updated>{BASICS}"
    found = only(parse_page(wrap(arxiv(fields)), ARXIV))
    assert (found.submitted_at, found.submitted_precision) == (submitted, precision)
    assert found.updated_at.date().isoformat() == created
    assert found.versions == ()


def test_split_authors_keep_their_parts() -> None:
    authors = (
        "<authors><author><keyname>van der Zand</keyname><forenames>Bruno</forenames>"
        "<suffix>Jr.</suffix><affiliation>Moon</affiliation></author>"
        "<author><keyname>CORAL Collaboration</keyname></author></authors>"
    )
    fields = CREATED + BASICS.replace("<authors>Ada Quillfeather</authors>", authors)
    found = only(parse_page(wrap(arxiv(fields)), ARXIV))
    assert found.authors == (Author("van der Zand", "Bruno", "Jr."), Author("CORAL Collaboration"))


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ("<msc-class>05C45</msc-class><acm-class>05C45</acm-class>", ("05C45", "")),
        ("<acm-class>None</acm-class>", ("", "")),
        ("<msc-class>05C45</msc-class><acm-class>F.2.2</acm-class>", ("05C45", "F.2.2")),
    ],
)
def test_the_acm_class_that_repeats_the_msc_class_is_the_templates_mistake(
    classes: str, expected: tuple[str, str]
) -> None:
    found = only(parse_page(wrap(arxiv(CREATED + BASICS + classes)), ARXIV))
    assert (found.msc_class, found.acm_class) == expected


def test_an_old_style_id_with_a_slash_is_read() -> None:
    found = only(parse_page(wrap(arxiv(CREATED + BASICS, arxiv_id="hep-th/9901001")), ARXIV))
    assert found.arxiv_id == ArxivId.parse("hep-th/9901001")


def test_a_deleted_header_is_a_tombstone_with_its_day() -> None:
    page = parse_page(wrap(record("", status=" status='deleted'")), RAW)
    assert page.records == (DeletedRecord(ArxivId.parse("2609.00042"), date(2026, 11, 19)),)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (raw(V1 + "<categories>math.GM</categories>"), "title"),
        (raw(V1 + "<title>T</title>"), "categories"),
        (raw(V1 + BASICS, arxiv_id="2609.00043"), "2609.00043"),
        (record("", arxiv_id="2609.00042"), "no metadata"),
        (raw(V1.replace("v1", "first") + BASICS), "not a version number"),
        (raw(V1.replace("Wed, 02 Sep 2026 17:30:05 GMT", "then") + BASICS), ""),
        (record("<x/>", arxiv_id="not-an-id"), "not-an-id"),
        (raw(V1 + BASICS).replace("2026-11-19", "today"), "today"),
        ("<record><metadata/></record>", "no header"),
    ],
)
def test_a_record_without_a_usable_paper_is_skipped_with_its_reason(
    broken: str, reason: str
) -> None:
    good = raw(V1 + BASICS)
    page = parse_page(wrap(good, broken, good), RAW)
    assert len(page.records) == 2
    (skipped,) = page.skipped
    assert reason in skipped.reason
    assert skipped.identifier in ("oai:arXiv.org:2609.00042", "oai:arXiv.org:not-an-id", "")


@pytest.mark.parametrize(
    ("tail", "token"),
    [
        ("", None),
        ("<resumptionToken/>", ""),
        (
            "<resumptionToken expirationDate='2026-11-21T00:00:00Z'> a%3Db </resumptionToken>",
            "a%3Db",
        ),
    ],
)
def test_a_token_an_empty_token_and_none_are_told_apart(tail: str, token: str | None) -> None:
    page = parse_page(wrap(raw(V1 + BASICS), tail=tail), RAW)
    assert page.resumption_token == token
    assert page.response_date == datetime(2026, 11, 20, 3, 8, 42, tzinfo=UTC)
    assert page.last_datestamp == date(2026, 11, 19)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"plain text", "not well-formed"),
        (b"<html><body/></html>", "not OAI-PMH"),
        (wrap(raw(V1 + BASICS))[:-20], "not well-formed"),
        (wrap(raw(V1 + BASICS)).replace(b"teapots", b"t\xe9apots"), "not well-formed"),
        (wrap(raw(V1 + BASICS)).replace(b"On teapots", b"On \x01"), "not well-formed"),
        (wrap(raw(V1 + BASICS)).replace(b"On teapots", b"On &nbsp;"), "not well-formed"),
        (wrap().replace(b"ListRecords", b"ListSets"), "neither records nor an error"),
        (wrap().replace(b"responseDate", b"date"), "responseDate"),
        (wrap().replace(b"2026-11-20T", b"20 Nov "), "responseDate"),
        (wrap(arxiv(CREATED + BASICS)), "arXiv, not arXivRaw"),
        (b"<x>" + wrap(raw(V1 + BASICS))[39:] + b"</x>", "not OAI-PMH"),
    ],
)
def test_an_answer_that_is_none_is_malformed(data: bytes, message: str) -> None:
    with pytest.raises(MalformedAnswerError, match=message):
        parse_page(data, RAW)


_BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(10))


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE OAI-PMH>",
        '<!DOCTYPE OAI-PMH SYSTEM "http://127.0.0.1:9/evil.dtd">',
        f"<!DOCTYPE OAI-PMH [{_BOMB}]>",
        '<!DOCTYPE OAI-PMH [<!ENTITY e9 SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE OAI-PMH [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_is_refused_before_anything_is_expanded(doctype: str, encoding: str) -> None:
    text = wrap(raw(V1 + BASICS)).decode().replace("On teapots", "On &e9;")
    text = text.replace("?>", "?>" + doctype).replace('"UTF-8"', f'"{encoding}"')
    with pytest.raises(MalformedAnswerError, match=r"DOCTYPE|not well-formed"):
        parse_page(text.encode(encoding), RAW)


def test_an_oai_error_keeps_code_and_text() -> None:
    data = wrap().replace(
        b"<ListRecords></ListRecords>", b"<error code='badArgument'>Reason:\n too early</error>"
    )
    with pytest.raises(OaiError, match="badArgument: Reason: too early") as caught:
        parse_page(data, RAW)
    assert caught.value.code == "badArgument"


@pytest.mark.data
@pytest.mark.parametrize("metadata_format", list(MetadataFormat))
def test_the_509_recorded_papers_are_all_read(metadata_format: MetadataFormat) -> None:
    pages = [
        parse_page(
            data_file(f"oai/generated/ListRecords_{metadata_format}_all_p{n}.xml").read_bytes(),
            metadata_format,
        )
        for n in (1, 2, 3)
    ]
    assert [len(page.records) for page in pages] == [200, 200, 109]
    assert not any(page.skipped for page in pages)
    token = (
        f"verb%3DListRecords%26metadataPrefix%3D{metadata_format}%26from%3D2011-07-14%26skip%3D0"
    )
    assert pages[0].resumption_token == token
    assert pages[2].resumption_token == ""


@pytest.mark.data
def test_both_formats_tell_the_same_papers() -> None:
    for n in (1, 2, 3):
        raws, plains = (
            parse_page(
                data_file(f"oai/generated/ListRecords_{each}_all_p{n}.xml").read_bytes(), each
            ).records
            for each in (RAW, ARXIV)
        )
        for one, other in zip(raws, plains, strict=True):
            assert isinstance(one, PaperRecord)
            assert isinstance(other, PaperRecord)
            assert (one.arxiv_id, one.categories) == (other.arxiv_id, other.categories)
            assert one.updated_at.date() == other.updated_at.date()
            if other.submitted_precision is not DatePrecision.MONTH:
                assert abs(one.submitted_at - other.submitted_at).days <= 31


@pytest.mark.data
def test_the_recorded_withdrawal_is_one() -> None:
    data = data_file("oai/generated/GetRecord_arXivRaw_withdrawn.xml").read_bytes()
    found = only(parse_page(data, RAW))
    assert found.is_withdrawn
    assert found.version == 2


@pytest.mark.data
def test_a_capture_of_the_old_server_is_read() -> None:
    data = data_file("oai/captured/GetRecord_arXivRaw_1304.4214.xml").read_bytes()
    found = only(parse_page(data, RAW))
    assert found.submitted_at == datetime(2013, 4, 15, 19, 33, 21, tzinfo=UTC)
    assert [author.family for author in found.authors] == ["Zaliznyak", "Tranquada"]
    assert "Experimental Techniques" in found.comments


@pytest.mark.data
@pytest.mark.parametrize(
    "name", ["arxiv_multi_20230125.xml", "ListIdentifiers_arXiv_2014.xml", "arxiv_0901_2443.xml"]
)
def test_captures_of_other_formats_and_verbs_are_not_taken_for_ours(name: str) -> None:
    with pytest.raises(MalformedAnswerError):
        parse_page(data_file(f"oai/captured/{name}").read_bytes(), RAW)


@pytest.mark.data
@pytest.mark.parametrize(
    "code",
    [
        "badArgument",
        "badResumptionToken",
        "badVerb",
        "cannotDisseminateFormat",
        "idDoesNotExist",
        "noRecordsMatch",
    ],
)
def test_recorded_errors_raise_their_codes(code: str) -> None:
    data = data_file(f"oai/generated/error_{code}.xml").read_bytes()
    with pytest.raises(OaiError) as caught:
        parse_page(data, RAW)
    assert caught.value.code == code
