"""What the help page says: how to ask, and what the problems of the API mean."""

from app.web.languages import translatable

QUERY_FORMS = (
    ("equivariant networks", translatable("with both words in title or abstract")),
    ('"black hole"', translatable("with these words next to each other")),
    ('"black information"~3', translatable("with these words up to three places further apart")),
    ("black NEAR3 hole", translatable("with these words in either order, at most three between")),
    ("neur*", translatable("with words that begin so")),
    ("attention -survey", translatable("with the first word and without the second")),
    ("qubit OR qutrit", translatable("with either word")),
    ("(qubit OR qutrit) -spin", translatable("with either word, and without the last")),
    (
        "ti:transformer",
        translatable("with the word in the title; also abs: for the abstract, all: for all"),
    ),
    ("ti:(graph OR tree)", translatable("with either word in the title")),
    ("au:noether", translatable('by an author; au:"Noether, E" with an initial')),
    ("^noether", translatable("by a first author; au:noether$ by a last one")),
    ("co:NeurIPS", translatable("with the word in the comments")),
    ('jr:"Phys. Rev. D"', translatable("with the words in the journal reference")),
    ("cat:cs.LG+stat.ML", translatable("of these categories; cat:cs.* of a whole archive")),
    (
        "year:2020-2024",
        translatable("submitted in these years; also submitted:2024-01..2024-06, since:7d"),
    ),
    (
        "has:code",
        translatable("with an address of code; also has:doi, has:journal, is:withdrawn, is:new"),
    ),
    ("similar:1706.03762", translatable("that share telling words with a paper")),
    ("1706.03762", translatable("with this identifier; addresses on arXiv and DOIs do as well")),
)
"""Examples: what to write, and what papers it finds."""

PROBLEM_MEANINGS = {
    "invalid-query": translatable(
        "A query that has to be guessed at was asked for with strict=1. The answer has "
        "the token and its column."
    ),
    "invalid-cursor": translatable(
        "The cursor is none of this service, or belongs to another query, filter or "
        "order. cursor=* asks for the first page."
    ),
    "unknown-parameter": translatable(
        "A parameter is misspelt or given twice. The answer lists the accepted ones."
    ),
    "invalid-parameter": translatable("A parameter does not have its documented form."),
    "invalid-arxiv-id": translatable("The text is not an identifier in any written form."),
    "invalid-category": translatable(
        "The text is not a category expression. The detail names the closest code."
    ),
    "invalid-date": translatable(
        "The text is not a year, a month or a day, or a range ends before it begins."
    ),
    "limit-exceeded": translatable(
        "More was asked for than is given at once. The answer has the limit's name, value and unit."
    ),
    "operator-input": translatable(
        "The inputs of an operator are not JSON, not those it takes, or outside its "
        "domain. The answer names the input at fault, where there is one."
    ),
    "unknown-operator": translatable(
        "There is no operator of this name. The answer has the nearest names."
    ),
    "time-budget": translatable("A calculation did not end within operator_time_budget_seconds."),
    "rate-limit": translatable(
        "This was asked too often within a minute; Retry-After says when to ask again."
    ),
    "operators-busy": translatable("Other calculations took all threads for them; try again."),
    "invalid-input": translatable("Another part of the request cannot be understood."),
    "paper-not-found": translatable("No paper with this identifier is held here."),
    "paper-deleted": translatable("arXiv deleted the record of this paper."),
    "not-found": translatable("What was asked for is not held here."),
    "no-such-address": translatable("The service has no such address."),
    "method-not-allowed": translatable("The address exists, but not for this method."),
    "database-unavailable": translatable(
        "The database cannot be reached. The detail says what to do."
    ),
    "database-outdated": translatable("The database has to be migrated: papersift migrate."),
    "index-missing": translatable("There is no search index yet: papersift index."),
    "index-damaged": translatable("The search index cannot be read: papersift reindex."),
    "index-outdated": translatable("The search index is of another version: papersift reindex."),
    "index-unavailable": translatable("The search index cannot be used at the moment."),
    "http": translatable("The request was refused before it was looked at."),
    "internal": translatable("A fault of the service. Its log has the details."),
}
"""Problem types of the API and what they mean; `app.api.problems` has the table of errors."""
