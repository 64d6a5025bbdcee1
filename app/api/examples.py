"""Examples for the OpenAPI document, most of them made from one well-known paper."""

from typing import Any

_FACTS: dict[str, Any] = {
    "arxiv_id": "1706.03762",
    "version": 7,
    "title": "Attention Is All You Need",
    "authors": ["Ashish Vaswani", "Noam Shazeer", "Niki Parmar"],
    "abstract": "A summary of the paper.",
    "categories": ["cs.CL", "cs.LG"],
    "primary_category": "cs.CL",
    "submitted_at": "2017-06-12T17:57:34Z",
    "submitted_precision": "time",
    "updated_at": "2023-08-02T00:41:18Z",
    "comments": "15 pages, 5 figures",
    "journal_ref": None,
    "doi": None,
    "report_no": None,
    "is_withdrawn": False,
    "abstract_source": None,
    "abs_url": "https://arxiv.org/abs/1706.03762",
    "pdf_url": "https://arxiv.org/pdf/1706.03762",
}

_SEARCH: dict[str, Any] = {
    "total": 1,
    "total_relation": "eq",
    "took_ms": 3.2,
    "index_version": 12,
    "query": "attention need",
    "relaxed": False,
    "notes": [],
    "did_you_mean": None,
    "spelling": None,
    "expansions": [],
    "doctor": None,
    "missing": 0,
    "facets": {"year": [{"value": "2017", "count": 1}]},
    "results": [
        _FACTS
        | {
            "score": 17.25,
            "highlights": {
                "title": "<mark>Attention</mark> Is All You <mark>Need</mark>",
                "abstract": "A summary of the paper.",
            },
            "explanation": {
                "score": 17.25,
                "contributions": [
                    {"field": "title", "term": "attent", "weight": 11.5, "share": 0.6667},
                    {"field": "title", "term": "need", "weight": 5.75, "share": 0.3333},
                ],
            },
        }
    ],
    "next": None,
}

_SUGGEST: dict[str, Any] = {
    "query": "graph neu",
    "index_version": 12,
    "groups": [
        {
            "type": "phrase",
            "suggestions": [
                {
                    "text": "graph neural networks",
                    "query": '"graph neural networks"',
                    "count": 412,
                    "description": None,
                    "url": "/search?q=%22graph+neural+networks%22",
                }
            ],
        }
    ],
}

_EXPLAIN: dict[str, Any] = {
    "arxiv_id": "1706.03762",
    "query": "attention need",
    "relaxed": False,
    "matches": True,
    "score": 17.25,
    "contributions": [
        {"field": "title", "term": "attent", "weight": 11.5, "share": 0.6667},
        {"field": "title", "term": "need", "weight": 5.75, "share": 0.3333},
    ],
}

_PAPER: dict[str, Any] = _FACTS | {
    "asked": {"written": "arXiv:1706.03762v7", "version": 7, "note": None},
    "authors_parsed": [{"family": "Vaswani", "given": "Ashish", "suffix": None}],
    "versions": [
        {
            "number": 1,
            "submitted_at": "2017-06-12T17:57:34Z",
            "size": "1102kb",
            "source_type": "D",
        }
    ],
    "msc_class": None,
    "acm_class": None,
    "license_url": "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
    "submitter": None,
    "title_tex": None,
    "authors_tex": None,
    "abstract_tex": None,
    "stars": 42,
    "change_number": 4211,
}

_HISTORY: dict[str, Any] = {
    "arxiv_id": "1706.03762",
    "history": [
        {
            "version": 6,
            "title": "Attention Is All You Need",
            "authors": ["Ashish Vaswani", "Noam Shazeer", "Niki Parmar"],
            "abstract": "An earlier summary of the paper.",
            "comments": "15 pages, 5 figures",
            "updated_at": "2023-07-24T00:48:54Z",
            "superseded_at": "2023-08-03T05:31:00Z",
        }
    ],
}

_MONTH: dict[str, Any] = {
    "month": "2024-05",
    "category": "cs.CL",
    "papers": 221,
    "days": [
        {"day": "2024-05-30", "papers": 108, "replaced": 71, "source": "announced"},
        {"day": "2024-05-31", "papers": 113, "replaced": 64, "source": "announced"},
    ],
}
_DAY: dict[str, Any] = {
    "day": "2017-06-13",
    "category": "cs.CL",
    "source": "announced",
    "state": "announced",
    "due_at": "2017-06-13T04:00:00Z",
    "explanation": "As arXiv announced it on this day, in arXiv's order.",
    "total": 1,
    "counts": {"new": 1},
    "missing": [],
    "results": [
        {
            "arxiv_id": "1706.03762",
            "announce_type": "new",
            "position": 1,
            "stars": 42,
            "paper": _FACTS,
        }
    ],
    "previous_day": "2017-06-12",
    "next_day": "2017-06-14",
    "next": None,
}

_STATUS: dict[str, Any] = {
    "papers": 2_900_000,
    "last_change_number": 3_100_451,
    "newest_submission_day": "2026-11-20",
    "latest_announced_day": "2026-11-23",
    "index": {
        "is_usable": True,
        "problem": None,
        "index_version": 812,
        "change_number": 3_100_451,
        "papers": 2_900_000,
        "schema_version": 1,
        "changes_behind": 0,
    },
    "last_runs": [
        {
            "stage": "harvest",
            "started_at": "2026-11-23T05:30:02Z",
            "finished_at": "2026-11-23T05:34:10Z",
            "succeeded": True,
            "message": "Harvested 2,311 records.",
            "details": {"added": 1204, "changed": 1107},
        }
    ],
    "receipts": [
        {
            "announced_on": "2026-11-23",
            "category": "cs",
            "announced": 932,
            "held": 932,
            "missing": [],
            "checked_at": "2026-11-23T05:36:00Z",
            "repaired_at": None,
        }
    ],
    "missing": [],
    "lease": None,
    "jobs": [],
    "holdings": "archive",
}

_CATEGORIES: dict[str, Any] = {
    "groups": [{"code": "math", "name": "Mathematics"}],
    "archives": [
        {
            "code": "math",
            "name": "Mathematics",
            "group": "math",
            "is_active": True,
            "subsumed_by": None,
        }
    ],
    "categories": [
        {
            "code": "cs.NA",
            "name": "Numerical Analysis",
            "archive": "cs",
            "group": "cs",
            "is_active": True,
            "alias_of": "math.NA",
        }
    ],
    "aliases": {"cs.NA": "math.NA"},
}

_OPERATOR: dict[str, Any] = {
    "name": "logsumexp",
    "title": "LogSumExp, a smooth maximum",
    "group": "softmax",
    "source": {
        "number": 10145,
        "section": "Softmax",
        "address": "https://kexue.fm/archives/10145",
    },
    "formula": "LSE_τ(x) = τ log Σ_i e^(x_i/τ)",
    "tex": r"\tau \log \sum_i e^{x_i/\tau}",
    "method": "Maximum subtracted first",
    "complexity": "O(n)",
    "limits": ["rows times n at most 40,000"],
    "pitfalls": ["It lies above the maximum, by up to τ log n."],
    "example": {"x": [1.0, 2.0, 3.0]},
    "inputs_schema": {"type": "object"},
    "result_schema": {"type": "object"},
}

_OPERATORS: dict[str, Any] = {
    "time_budget_seconds": 5.0,
    "max_body_bytes": 4_194_304,
    "groups": [
        {
            "group": "softmax",
            "title": "Softmax and its alternatives",
            "post": 10145,
            "address": "https://kexue.fm/archives/10145",
            "successors": [9085],
            "operators": ["logsumexp"],
        }
    ],
    "operators": [_OPERATOR],
}

_OPERATOR_ANSWER: dict[str, Any] = {
    "operator": "logsumexp",
    "inputs": {"x": [1.0, 2.0, 3.0], "temperature": 1.0},
    "method": _OPERATOR["method"],
    "complexity": _OPERATOR["complexity"],
    "source": _OPERATOR["source"],
    "warnings": [],
    "result": {
        "value": 3.407606,
        "maximum": 3.0,
        "upper_bound": 4.098612,
        "softmax": [0.090031, 0.244728, 0.665241],
    },
    "took_ms": 0.1,
}

_STAR: dict[str, Any] = {"arxiv_id": "1706.03762", "stars": 42, "counted": True, "note": None}

_RELATED_PAPER: dict[str, Any] = _FACTS | {
    "score": 42.5,
    "relation": "earlier",
    "reasons": [
        {"kind": "term", "text": "attention", "weight": 30.0},
        {"kind": "phrase", "text": "sequence transduction", "weight": 8.5},
        {"kind": "category", "text": "cs.CL", "weight": 4.0},
    ],
    "shared_authors": ["Ashish Vaswani"],
    "duplicates": [],
}

_RELATED: dict[str, Any] = {
    "arxiv_id": "1706.03762",
    "method": "default",
    "total": 1,
    "counts": {"earlier": 1, "same": 0, "later": 0},
    "asked_with": [{"kind": "term", "text": "attention", "weight": 12.1}],
    "index_version": 12,
    "results": [_RELATED_PAPER],
    "next": None,
}

_RECOMMEND: dict[str, Any] = {
    "total": 1,
    "profile": [
        {"kind": "phrase", "text": "sequence transduction", "weight": 9.5},
        {"kind": "term", "text": "otters", "weight": -2.0},
    ],
    "seeds": [{"written": "vaswani2017attention", "arxiv_id": "1706.03762", "positive": True}],
    "index_version": 12,
    "results": [_RELATED_PAPER | {"relation": None, "shared_authors": []}],
    "next_offset": None,
}

_RANK: dict[str, Any] = {
    "results": [{"id": "1706.03762", "score": 11.5}, {"id": "hep-th/9901001", "score": 0.0}]
}

_CLOUD: dict[str, Any] = {
    "words": [{"word": "attention", "count": 3}, {"word": "translation", "count": 1}],
    "preferences": ["attention", "translation"],
    "missing": [],
}

_KEYWORDS: dict[str, Any] = {
    "arxiv_id": "1706.03762",
    "method": "phrases",
    "papers": 2_900_000,
    "keywords": [
        {
            "text": "sequence transduction models",
            "acronym": None,
            "weight": 7.91,
            "tf": 1,
            "df": 4_310,
            "idf": 10.4,
        }
    ],
}

_LEARNED: dict[str, Any] = {
    "terms": [{"text": "attention", "weight": 1.0, "liked": 3, "skipped": 0}],
    "missing": [],
}

EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("get", "/api/v1/search"): _SEARCH,
    ("get", "/api/v1/suggest"): _SUGGEST,
    ("get", "/api/v1/explain"): _EXPLAIN,
    ("get", "/api/v1/papers/{arxiv_id}"): _PAPER,
    ("get", "/api/v1/papers/{arxiv_id}/history"): _HISTORY,
    ("post", "/api/v1/papers/{arxiv_id}/star"): _STAR,
    ("get", "/api/v1/papers/{arxiv_id}/related"): _RELATED,
    ("get", "/api/v1/papers/{arxiv_id}/keywords"): _KEYWORDS,
    ("post", "/api/v1/keywords"): _KEYWORDS | {"arxiv_id": None},
    ("post", "/api/v1/recommend"): _RECOMMEND,
    ("post", "/api/v1/recommend/upload"): _RECOMMEND,
    ("post", "/api/v1/preferences/rank"): _RANK,
    ("post", "/api/v1/preferences/cloud"): _CLOUD,
    ("post", "/api/v1/preferences/learn"): _LEARNED,
    ("get", "/api/v1/days"): _MONTH,
    ("get", "/api/v1/days/{day}"): _DAY,
    ("get", "/api/v1/categories"): _CATEGORIES,
    ("get", "/api/v1/operators"): _OPERATORS,
    ("get", "/api/v1/operators/{name}"): _OPERATOR,
    ("post", "/api/v1/operators/{name}"): _OPERATOR_ANSWER,
    ("get", "/api/v1/status"): _STATUS,
    ("get", "/health"): {"status": "ok"},
    ("get", "/ready"): {"status": "ready", "index_version": 812, "papers": 2_900_000},
    ("get", "/version"): {"name": "papersift", "version": "0.1.0", "api": "/api/v1"},
}
"""The answer of each method and path when all is well."""
