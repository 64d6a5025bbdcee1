"""Where papers of arXiv are shown on the web: what stands before the id in an address.

Both patterns are written for case-insensitive matching, need no backtracking beyond a few
characters, and know arxiv.org with its mirrors, alphaxiv.org, huggingface.co, papers.cool, ar5iv,
scirate.com, semanticscholar.org and doi.org.
"""

import re

_ROUTE = r"(?:abs|pdf|html|ps|src|e-?print|format|list|bibtex|dvi|other|show-email|tb|ftp)"
SITE = re.compile(
    r"(?:(?:https?|ftp):)?/{0,2}(?:"
    rf"(?:[a-z0-9-]+\.){{0,3}}arxiv\.org(?::[0-9]+)?/+(?:{_ROUTE}/+)?"
    rf"|(?:xxx\.lanl\.gov|xxx\.itp\.ac\.cn)/+(?:{_ROUTE}/+)?"
    r"|(?:www\.)?alphaxiv\.org/+(?:(?:[a-z]{2}/+)?(?:abs|pdf|html|overview|resources)/+)?"
    r"|(?:www\.)?(?:huggingface\.co|hf\.co)/+papers/+"
    r"|(?:www\.)?papers\.cool/+arxiv/+"
    r"|(?:www\.)?ar5iv\.(?:org|io)/+(?:(?:abs|html|pdf)/+)?"
    r"|(?:www\.)?scirate\.com/+(?:arxiv/+)?"
    r"|(?:www\.)?semanticscholar\.org/+arxiv/+"
    r"|(?:dx\.|www\.)?doi\.org/+(?=10\.48550/)"
    r")",
    re.IGNORECASE,
)
"""The start of an address, up to the id itself."""

MARK_PATTERN = (
    r"(?P<mark>arxiv(?:\.org)?\s?[:.]\s?|oai:arxiv\.org:|10\.48550/arxiv\."
    rf"|(?:arxiv\.org|xxx\.lanl\.gov)/(?:{_ROUTE}/)?"
    r"|(?:alphaxiv\.org|ar5iv\.(?:org|io))/(?:(?:abs|pdf|html|overview)/)?"
    r"|(?:huggingface\.co|hf\.co)/papers/|papers\.cool/arxiv/"
    r"|scirate\.com/(?:arxiv/)?|semanticscholar\.org/arxiv/|id(?:_list)?=)"
)
"""What marks the following number as an arXiv id within free text."""
