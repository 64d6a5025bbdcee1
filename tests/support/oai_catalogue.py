"""Invented records as an OAI-PMH server keeps them, and the XML that arXiv's makes of them."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qsl, quote, urlencode
from xml.sax.saxutils import escape

from app.domain.arxiv_id import ArxivId

EARLIEST = date(2005, 9, 16)

_OPEN = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"
         xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
         xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ OAI-PMH.xsd">
"""


@dataclass(frozen=True)
class ServerVersion:
    submitted_at: datetime
    source_type: str = "D"


@dataclass(frozen=True)
class ServerRecord:
    """One record; text as raw TeX, versions oldest first."""

    arxiv_id: str
    datestamp: date
    title: str = "On nothing in particular"
    authors: str = "Ada Quillfeather, Bruno van der Zand"
    abstract: str = "  We show that nothing follows,\nand that it follows at once."
    categories: str = "math.GM"
    versions: tuple[ServerVersion, ...] = ()
    comments: str = ""
    is_deleted: bool = False

    @property
    def sets(self) -> tuple[str, ...]:
        """Every set the record is in, prefixes included."""
        found: dict[str, None] = {}
        for category in self.categories.split():
            archive, _, subject = category.partition(".")
            group = archive if archive in {"cs", "math", "stat", "econ", "eess"} else "physics"
            parts = [group, archive, subject] if subject else [group, archive]
            for length in range(1, len(parts) + 1):
                found.setdefault(":".join(parts[:length]))
        return tuple(found)


class OaiAnswerError(Exception):
    """An OAI-PMH error, answered with HTTP 200."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Catalogue:
    """All records of a server, in its own order: by day, then by id."""

    def __init__(self, page_size: int = 4) -> None:
        self.page_size = page_size
        self.now = datetime(2026, 11, 20, 3, 8, 42, tzinfo=UTC)
        self._records: dict[str, ServerRecord] = {}
        self._issued: set[str] = set()

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def records(self) -> list[ServerRecord]:
        return sorted(self._records.values(), key=lambda each: (each.datestamp, each.arxiv_id))

    def put(self, record: ServerRecord) -> None:
        if not record.versions:
            day = datetime.combine(record.datestamp, time(9, 30), UTC) - timedelta(days=1)
            record = replace(record, versions=(ServerVersion(day),))
        self._records[record.arxiv_id] = record

    def change(self, arxiv_id: str, **fields: object) -> None:
        """Change a record now: it leaves its day and joins today."""
        changed = replace(self._records[arxiv_id], **fields)  # type: ignore[arg-type]
        self._records[arxiv_id] = replace(changed, datestamp=self.today)

    def delete(self, arxiv_id: str) -> None:
        self.change(arxiv_id, is_deleted=True)

    def expire_tokens(self) -> None:
        self._issued.clear()

    def answer(self, query: str) -> str:
        """The document for a query string."""
        arguments = dict(parse_qsl(query, keep_blank_values=True))
        try:
            body = self._dispatch(arguments)
            attributes = " ".join(f'{name}="{escape(value)}"' for name, value in arguments.items())
        except OaiAnswerError as failure:
            attributes = ""
            body = f"<error code='{failure.code}'>{escape(str(failure))}</error>"
        stamp = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f"{_OPEN}    <responseDate>{stamp}</responseDate>\n"
            f"                <request {attributes}>http://oaipmh.arxiv.org/oai</request>\n\n"
            f"    {body}\n</OAI-PMH>"
        )

    def _dispatch(self, arguments: dict[str, str]) -> str:
        verb = arguments.get("verb", "")
        if verb == "Identify":
            return _IDENTIFY
        if verb == "GetRecord":
            return self._get_record(arguments)
        if verb == "ListRecords":
            return self._list_records(arguments)
        raise OaiAnswerError("badVerb", "Value of the verb argument is not a legal OAI-PMH verb.")

    def _get_record(self, arguments: dict[str, str]) -> str:
        render = _choose_renderer(arguments.get("metadataPrefix", ""))
        arxiv_id = arguments.get("identifier", "").removeprefix("oai:arXiv.org:")
        if arxiv_id not in self._records:
            raise OaiAnswerError("idDoesNotExist", "Reason: No paper with that ID.")
        return f"<GetRecord>\n{render(self._records[arxiv_id])}</GetRecord>"

    def _list_records(self, arguments: dict[str, str]) -> str:
        token = arguments.pop("resumptionToken", None)
        if token is not None:
            arguments |= self._open_token(token)
        first = _parse_day(arguments.get("from", EARLIEST.isoformat()))
        last = _parse_day(arguments.get("until", self.today.isoformat()))
        if first < EARLIEST:
            raise OaiAnswerError("badArgument", "Reason: start date too early")
        if last > self.today + timedelta(days=1):
            raise OaiAnswerError("badArgument", "Reason: until date too late")
        render = _choose_renderer(arguments.get("metadataPrefix", ""))
        wanted = arguments.get("set", "")
        found = [
            record
            for record in self.records
            if first <= record.datestamp <= last and (not wanted or wanted in record.sets)
        ][int(arguments.get("skip", "0")) :]
        if not found:
            raise OaiAnswerError("noRecordsMatch", "The combination of values is an empty list.")
        page, rest = found[: self.page_size], found[self.page_size :]
        lines = "".join(map(render, page))
        return (
            f"<ListRecords>\n{lines}{self._make_token(arguments, page, rest, token)}</ListRecords>"
        )

    def _open_token(self, token: str) -> dict[str, str]:
        if token not in self._issued:
            raise OaiAnswerError("badResumptionToken", "Reason: Token decoding failed.")
        return dict(parse_qsl(token.replace("%3D", "=").replace("%26", "&")))

    def _make_token(
        self,
        arguments: dict[str, str],
        page: list[ServerRecord],
        rest: list[ServerRecord],
        token: str | None,
    ) -> str:
        """A query string, percent-encoded, that leads to a day and an offset in it."""
        if not rest:
            return "<resumptionToken/>\n" if token is not None else ""
        day = rest[0].datestamp
        skip = sum(1 for record in page if record.datestamp == day)
        if skip == len(page) and arguments.get("from") == day.isoformat():
            skip += int(arguments.get("skip", "0"))
        kept = {key: value for key, value in arguments.items() if key not in ("from", "skip")}
        query = urlencode(kept | {"from": day.isoformat(), "skip": str(skip)}, safe=":")
        issued = quote(query, safe=":")
        self._issued.add(issued)
        midnight = datetime.combine(self.today + timedelta(days=1), time(), UTC)
        return (
            f"<resumptionToken expirationDate='{midnight:%Y-%m-%dT%H:%M:%SZ}'>{issued}"
            "</resumptionToken>\n"
        )


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise OaiAnswerError("badArgument", "Reason: illegal date") from None


def _choose_renderer(prefix: str):  # type: ignore[no-untyped-def]
    renderers = {"arXiv": _render_arxiv, "arXivRaw": _render_raw}
    if not prefix:
        raise OaiAnswerError("badArgument", "Reason: metadataPrefix is missing")
    if prefix not in renderers:
        raise OaiAnswerError(
            "cannotDisseminateFormat", "Reason: Did not recognize requested format"
        )
    return renderers[prefix]


def _render_record(record: ServerRecord, metadata: str) -> str:
    status = " status='deleted'" if record.is_deleted else ""
    sets = "".join(f"            <setSpec>{each}</setSpec>\n" for each in record.sets)
    body = "" if record.is_deleted else f"<metadata>\n{metadata}\n</metadata>\n"
    return (
        f"                <record>\n                <header{status}>\n"
        f"        <identifier>oai:arXiv.org:{record.arxiv_id}</identifier>\n"
        f"        <datestamp>{record.datestamp}</datestamp>\n{sets}    </header>\n"
        f"            {body}        </record>\n"
    )


def _text(name: str, value: str) -> str:
    return f"        <{name}>{escape(value, {chr(39): '&#39;'})}</{name}>\n" if value else ""


def _render_raw(record: ServerRecord) -> str:
    versions = "".join(
        f'            <version version="v{number}">\n'
        f"                <date>{version.submitted_at:%a, %d %b %Y %H:%M:%S} GMT</date>\n"
        f"                <size>{number}kb</size>\n"
        f"                <source_type>{version.source_type}</source_type>\n"
        "            </version>\n"
        for number, version in enumerate(record.versions, start=1)
    )
    metadata = (
        '<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/">\n'
        + _text("id", record.arxiv_id)
        + _text("submitter", "Ada Quillfeather")
        + versions
        + _text("title", record.title)
        + _text("authors", record.authors)
        + _text("categories", record.categories)
        + _text("comments", record.comments)
        + _text("abstract", record.abstract)
        + "    </arXivRaw>"
    )
    return _render_record(record, metadata)


def _render_arxiv(record: ServerRecord) -> str:
    authors = "".join(
        f"<author><keyname>{escape(name.split(maxsplit=1)[-1])}</keyname>"
        f"<forenames>{escape(name.split(maxsplit=1)[0])}</forenames></author>"
        for name in record.authors.split(", ")
    )
    metadata = (
        '<arXiv xmlns="http://arxiv.org/OAI/arXiv/">\n'
        + _text("id", record.arxiv_id)
        + _text("created", record.versions[-1].submitted_at.date().isoformat())
        + _text("updated", record.datestamp.isoformat())
        + f"        <authors>{authors}</authors>\n"
        + _text("title", record.title)
        + _text("categories", record.categories)
        + _text("comments", record.comments)
        + _text("abstract", record.abstract)
        + "    </arXiv>"
    )
    return _render_record(record, metadata)


def make_server_record(number: int, day: date, **fields: object) -> ServerRecord:
    """The `number`th invented record, last modified on a day."""
    arxiv_id = ArxivId.parse(f"2609.{number:05d}").value
    return ServerRecord(arxiv_id, day, title=f"Invented paper {number}", **fields)  # type: ignore[arg-type]


_IDENTIFY = f"""<Identify>
        <repositoryName>arXiv</repositoryName>
        <baseURL>https://oaipmh.arxiv.org/oai</baseURL>
        <protocolVersion>2.0</protocolVersion>
        <earliestDatestamp>{EARLIEST}</earliestDatestamp>
        <deletedRecord>persistent</deletedRecord>
        <granularity>YYYY-MM-DD</granularity>
    </Identify>"""
