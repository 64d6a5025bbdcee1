"""Reading OAI-PMH answers: records per second, beside a plain tree parse of the same bytes."""

from collections.abc import Iterator, Sequence
from functools import partial

from lxml import etree

from app.domain.harvest import MetadataFormat
from indexer.oai.parse import parse_page
from tests.bench.corpus import find_data_dir
from tests.bench.table import Row, time_interleaved

RATE_BAR = 10_000.0
"""Records a second that the harvest's parser must reach."""

_FIELDS = ("id", "title", "authors", "abstract", "categories", "comments", "doi")


def rows(_papers: int = 0) -> Iterator[Row]:
    """One row against the bar and one against lxml's tree, for each format; real pages only."""
    folder = find_data_dir()
    if folder is None:
        return
    for metadata_format in MetadataFormat:
        names = sorted(folder.glob(f"oai/generated/ListRecords_{metadata_format}_all_p*.xml"))
        pages = [path.read_bytes() for path in names]
        records = sum(len(parse_page(page, metadata_format).records) for page in pages)
        ours, theirs = time_interleaved(
            partial(_parse_all, pages, metadata_format), partial(_parse_trees, pages)
        )
        what = f"parse {metadata_format}, {records} records"
        yield Row(what, records / ours, "records/s", "bar", RATE_BAR)
        peer = "lxml tree, text of 7 fields"
        yield Row(what, records / ours, "records/s", peer, records / theirs)


def _parse_all(pages: Sequence[bytes], metadata_format: MetadataFormat) -> None:
    for page in pages:
        parse_page(page, metadata_format)


def _parse_trees(pages: Sequence[bytes]) -> None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for page in pages:
        for record in etree.fromstring(page, parser).iter("{*}metadata"):
            for field in _FIELDS:
                record[0].findtext(f"{{*}}{field}")
