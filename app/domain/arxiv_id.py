"""arXiv identifiers: every written form of an id becomes one canonical value.

Two schemes exist (https://info.arxiv.org/help/arxiv_identifier.html):

* until March 2007 `archive/YYMMNNN`, e.g. `hep-th/9901001`; a subject class after the archive
  (`math.CA/0611800`) is decoration and is dropped;
* since April 2007 `YYMM.NNNN`, five digits from January 2015: `0704.0001`, `1706.03762`.

A trailing `vN` names one version of the paper. The canonical form never carries it:
`parse_arxiv_id` hands it over beside the id.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from app.domain.arxiv_addresses import MARK_PATTERN, SITE
from app.domain.errors import InvalidArxivIdError
from app.domain.taxonomy_table import OLD_STYLE_ARCHIVES

MAX_WRITTEN_ID_CHARS = 2_048
"""Longest text read as one identifier; a URL with a long query string still fits."""

FIRST_NEW_STYLE_MONTH = "0704"
FIRST_FIVE_DIGIT_MONTH = "1501"
FIRST_OLD_STYLE_MONTH = 199108
LAST_OLD_STYLE_MONTH = 200703


@dataclass(frozen=True, slots=True, order=False)
class ArxivId:
    """One paper's identifier, without a version.

    The constructor trusts its argument; text from outside goes through `ArxivId.parse`.

    Attributes:
        value: canonical text, e.g. "1706.03762" or "hep-th/9901001".

    >>> ArxivId.parse("https://arxiv.org/pdf/1706.03762v5.pdf")
    ArxivId(value='1706.03762')
    >>> ArxivId.parse("math.CA/0611800v2").abs_url
    'https://arxiv.org/abs/math/0611800'
    """

    value: str

    @classmethod
    def parse(cls, text: str) -> "ArxivId":
        """The id written in `text`, its version dropped.

        Raises:
            InvalidArxivIdError: as for `parse_arxiv_id`.
        """
        return parse_arxiv_id(text).arxiv_id

    @classmethod
    def from_canonical(cls, value: str) -> "ArxivId":
        """The id of a value that is already canonical, unchecked: for database and index rows."""
        return cls(value)

    def __str__(self) -> str:
        return self.value

    @property
    def is_old_style(self) -> bool:
        """Whether the id is of the scheme used until March 2007."""
        return "/" in self.value

    @property
    def archive(self) -> str:
        """The archive of an old-style id, e.g. "hep-th"; empty for the new scheme."""
        return self.value.rpartition("/")[0]

    @property
    def yymm(self) -> str:
        """Year and month as the four digits written in the id."""
        return self.value.rpartition("/")[2][:4]

    @property
    def year(self) -> int:
        """Year of the first submission, four digits, as the id tells it."""
        two_digits = int(self.yymm[:2])
        return 1900 + two_digits if self.is_old_style and two_digits >= 91 else 2000 + two_digits

    @property
    def month(self) -> int:
        """Month of the first submission, 1 to 12, as the id tells it."""
        return int(self.yymm[2:])

    @property
    def sort_key(self) -> tuple[int, int, str]:
        """A key that orders by time across both schemes: (YYYYMM, serial number, archive).

        >>> ids = ["1501.00001", "hep-th/9901001", "0704.0001", "1412.9999"]
        >>> [str(i) for i in sorted(map(ArxivId, ids), key=lambda i: i.sort_key)]
        ['hep-th/9901001', '0704.0001', '1412.9999', '1501.00001']
        """
        archive, _, number = self.value.rpartition("/")
        serial = int(number[4:]) if archive else int(number[5:])
        return self.year * 100 + self.month, serial, archive

    @property
    def abs_url(self) -> str:
        """The abstract page on arXiv."""
        return f"https://arxiv.org/abs/{self.value}"

    @property
    def pdf_url(self) -> str:
        """The PDF on arXiv."""
        return f"https://arxiv.org/pdf/{self.value}"

    @property
    def doi(self) -> str:
        """The DOI that arXiv registers for every paper (not the publisher's)."""
        return f"10.48550/arXiv.{self.value}"

    @property
    def oai_identifier(self) -> str:
        """The identifier in OAI-PMH answers."""
        return f"oai:arXiv.org:{self.value}"


@dataclass(frozen=True, slots=True)
class VersionedId:
    """A paper's id as somebody wrote it: with a version, or without.

    Attributes:
        version: 1 or more; None stands for the latest.
    """

    arxiv_id: ArxivId
    version: int | None = None

    def __str__(self) -> str:
        return str(self.arxiv_id) + (f"v{self.version}" if self.version is not None else "")


_BARE = re.compile(r"((?:0[7-9]|[1-9][0-9])(?:0[1-9]|1[0-2]))\.([0-9]{4,5})(?:v([1-9][0-9]{0,2}))?")
_CORE = re.compile(
    r"(?:(?P<yymm>[0-9]{4})\.(?P<serial>[0-9]+)"
    r"|(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[a-z-]{2,9})?/(?P<number>[0-9]+))"
    r"(?:v(?P<version>[0-9]+))?"
    r"(?P<suffix>\.(?:pdf|ps|html?|tar|gz|ps\.gz|tar\.gz))?",
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"(?:oai:arxiv\.org:|(?:doi:\s*)?10\.48550/|arxiv\s*[:.]|arxiv\s+(?=[0-9a-z]))\s*",
    re.IGNORECASE,
)
_PDF_STAMP = re.compile(r"\s+\[[a-z.-]{2,20}(?:\].{0,40})?", re.IGNORECASE)
"""What follows the id on the first page of a PDF: `[cs.CL] 2 Aug 2023`."""

_SURROUNDINGS = " \t\r\n\f\v\u00a0\u200b\u2060\ufeff.,;:!?*_~`'\"“”‘’„«»‹›()[]{}<>|"

_FTP_PATH = re.compile(r"(?P<archive>[a-z-]+)/papers/[0-9]{4}/", re.IGNORECASE)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#\s]*)", re.IGNORECASE)


def parse_arxiv_id(text: str) -> VersionedId:
    """The id, and the version if any, written in `text`.

    Read are both schemes with or without `arXiv:`, version, `.pdf`, subject class, missing or
    extra zero padding (1406.02661 is 1406.2661), OAI identifiers, arXiv's DOIs, the stamp on a
    PDF's first page, and addresses at arxiv.org with its mirrors, alphaxiv.org, huggingface.co,
    papers.cool, ar5iv, scirate.com and semanticscholar.org; in any letter case, within
    brackets, quotes or punctuation. Takes time linear in the length of `text`.

    Raises:
        InvalidArxivIdError: `text` is none of these; the message says what is wrong.

    >>> str(parse_arxiv_id(" [arXiv:1706.03762v5] "))
    '1706.03762v5'
    """
    bare = _BARE.fullmatch(text)
    if bare is not None:
        yymm, serial, version = bare.groups()
        return _new_style(yymm, serial, version, text)
    if len(text) > MAX_WRITTEN_ID_CHARS:
        raise InvalidArxivIdError(
            f"This text of {len(text):,} characters is too long for an arXiv identifier "
            f"(at most {MAX_WRITTEN_ID_CHARS:,}). Give one id such as 1706.03762."
        )
    return _parse_written(text)


def _parse_written(text: str) -> VersionedId:
    """Peel site, labels and surroundings off; read what remains."""
    rest = text if text.isascii() else unicodedata.normalize("NFKC", text)
    rest = rest.strip(_SURROUNDINGS)
    if not rest:
        raise _refusal(text, "it is empty")
    if "%" in rest:
        rest = unquote(rest)
    site = SITE.match(rest)
    if site is not None:
        rest = _without_ftp_folders(rest[site.end() :])
    elif url := _URL.match(rest):
        raise _refusal(text, f'no arXiv papers are known at the address "{url.group(1)}"')
    label = _LABELS.match(rest)
    while label is not None:
        rest = rest[label.end() :]
        label = _LABELS.match(rest)
    core = _CORE.match(rest)
    if core is None:
        raise _refusal(text, _why_no_core(rest))
    _check_tail(rest[core.end() :], text, is_address=site is not None)
    if core["yymm"] is not None:
        return _new_style(core["yymm"], core["serial"], core["version"], text)
    return _old_style(core["archive"].lower(), core["number"], core["version"], text)


def _without_ftp_folders(path: str) -> str:
    """`hep-th/papers/9901/9901001.pdf` is `hep-th/9901001.pdf`; `arxiv/papers/…` only a folder."""
    folders = _FTP_PATH.match(path)
    if folders is None:
        return path
    archive = folders["archive"].lower()
    return ("" if archive == "arxiv" else f"{archive}/") + path[folders.end() :]


def _check_tail(tail: str, text: str, *, is_address: bool) -> None:
    """Refuse what cannot follow an id; query strings and fragments can."""
    tail = tail.rstrip(_SURROUNDINGS + "/")
    if not tail or tail[0] in "?#" or (is_address and tail[0] in "/&"):
        return
    if _PDF_STAMP.fullmatch(tail):
        return
    if tail[0] in ",; \t\r\n+|" and find_arxiv_ids(tail):
        raise _refusal(text, "it holds more than one id")
    raise _refusal(text, f'"{_shorten(tail)}" follows the number')


def _why_no_core(rest: str) -> str:
    """The likeliest mistake in a text that does not even look like an id."""
    archive, slash, _ = rest.partition("/")
    if re.fullmatch(r"[0-9]{7}(?:v[0-9]+)?", rest):
        return "an old-style id needs its archive, as in hep-th/9901001"
    if re.fullmatch(r"[0-9]{5,}", rest):
        return "a dot is missing after the first four digits (YYMM.NNNNN)"
    if re.match(r"10\.[0-9]{4,9}/", rest):
        return "it is a DOI, but not one of arXiv's own (10.48550/arXiv.…)"
    if slash and archive.partition(".")[0].lower() in OLD_STYLE_ARCHIVES:
        return f'the archive "{archive}" is not followed by a number YYMMNNN'
    if rest.lower() in OLD_STYLE_ARCHIVES:
        return f'"{rest}" is an archive, not a paper'
    return "there is no number of the form YYMM.NNNNN or archive/YYMMNNN"


def _new_style(yymm: str, serial: str, version: str | None, text: str) -> VersionedId:
    """The value of a new-style id, zero padding mended; or the reason why there is none."""
    month = yymm[2:]
    if not "01" <= month <= "12":
        raise _refusal(text, f"there is no month {month} (ids begin with year and month, YYMM)")
    if yymm < FIRST_NEW_STYLE_MONTH:
        raise _refusal(text, "ids with a dot began in April 2007 (0704.0001)")
    if not 4 <= len(serial) <= 5:
        raise _refusal(text, f"the number after the dot has {len(serial)} digits, not 4 or 5")
    if yymm >= FIRST_FIVE_DIGIT_MONTH:
        serial = serial.zfill(5)
    elif len(serial) == 5:
        if serial[0] != "0":
            raise _refusal(text, "five digits after the dot began in January 2015 (1501)")
        serial = serial[1:]
    if not serial.strip("0"):
        raise _refusal(text, "numbers begin at 1")
    return VersionedId(ArxivId(f"{yymm}.{serial}"), _version_number(version, text))


def _old_style(archive: str, number: str, version: str | None, text: str) -> VersionedId:
    """The value of an old-style id; or the reason why there is none."""
    if archive not in OLD_STYLE_ARCHIVES:
        raise _refusal(text, f'arXiv had no archive "{archive}" before April 2007')
    if len(number) != 7:
        raise _refusal(text, f"the number has {len(number)} digits, not 7 (YYMMNNN)")
    yy, month = int(number[:2]), int(number[2:4])
    if not 1 <= month <= 12:
        raise _refusal(text, f"there is no month {number[2:4]} (numbers begin with YYMM)")
    yyyymm = ((1900 if yy >= 91 else 2000) + yy) * 100 + month
    if not FIRST_OLD_STYLE_MONTH <= yyyymm <= LAST_OLD_STYLE_MONTH:
        raise _refusal(text, "ids with a slash run from August 1991 (9108) to March 2007 (0703)")
    if number[4:] == "000":
        raise _refusal(text, "numbers begin at 1")
    return VersionedId(ArxivId(f"{archive}/{number}"), _version_number(version, text))


def _version_number(digits: str | None, text: str) -> int | None:
    """The version as a number; None when none is written."""
    if digits is None:
        return None
    if len(digits) > 3 or digits[0] == "0":
        raise _refusal(text, f'"v{_shorten(digits)}" is no version (v1 to v999)')
    return int(digits)


def _refusal(text: str, reason: str) -> InvalidArxivIdError:
    return InvalidArxivIdError(
        f'"{_shorten(text.strip())}" is not an arXiv identifier: {reason}. '
        "Write it like 1706.03762 or hep-th/9901001."
    )


def _shorten(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


_FREE = re.compile(
    rf"(?:{MARK_PATTERN}|(?<![0-9a-z_.$€£/+@=-]))"
    r"(?:(?P<yymm>[0-9]{4})\.(?P<serial>[0-9]{4,5})"
    r"|(?P<archive>[a-z]{1,8}(?:-[a-z]{2,4})?)(?:\.[a-z-]{2,9})?/(?P<number>[0-9]{7}))"
    r"(?:v(?P<version>[1-9][0-9]{0,2}))?(?![0-9a-z_]|\.[0-9]|%(?!2[0-9a-f]))",
    re.IGNORECASE,
)


def find_arxiv_ids(text: str) -> list[VersionedId]:
    """The ids in free text or a pasted list, each once, in order of first appearance.

    Conservative, since decimal numbers look alike. A number without `arXiv:` or an address
    before it counts when month and digit count are right for its date (four digits until 1412,
    five since; a fifth leading zero is allowed) and nothing glued to it says otherwise (letters,
    a currency sign, a further decimal point): "1012.3456" is read as an id, "2024.12345" (month
    24), "1501.1234" and "$1012.3456" are not. Takes linear time.

    >>> [str(i) for i in find_arxiv_ids("see 1706.03762v5, https://arxiv.org/abs/cs/0112017.")]
    ['1706.03762v5', 'cs/0112017']
    """
    found: dict[VersionedId, None] = {}
    for match in _FREE.finditer(text):
        if match["yymm"] is not None and match["mark"] is None and not _has_usual_padding(match):
            continue
        try:
            if match["yymm"] is not None:
                each = _new_style(match["yymm"], match["serial"], match["version"], match[0])
            else:
                archive = match["archive"].lower()
                each = _old_style(archive, match["number"], match["version"], match[0])
        except InvalidArxivIdError:
            continue
        found.setdefault(each)
    return list(found)


def _has_usual_padding(match: re.Match[str]) -> bool:
    return match["yymm"] < FIRST_FIVE_DIGIT_MONTH or len(match["serial"]) == 5
