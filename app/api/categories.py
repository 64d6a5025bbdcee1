"""`GET /api/v1/categories`: arXiv's taxonomy."""

from app.api.deps import make_router
from app.api.openapi import list_problems
from app.api.schemas import ArchiveOut, CategoriesOut, CategoryOut, GroupOut
from app.domain.categories import list_archives, list_categories, list_groups

router = make_router("categories")


@router.get(
    "/categories",
    response_model=CategoriesOut,
    summary="Groups, archives, categories and aliases",
    responses=list_problems(422),
)
def get_categories() -> CategoriesOut:
    """The whole taxonomy with retired archives and categories, in arXiv's order."""
    categories = list_categories(include_retired=True)
    return CategoriesOut(
        groups=[GroupOut(code=code, name=name) for code, name in list_groups()],
        archives=[
            ArchiveOut(
                code=archive.code,
                name=archive.name,
                group=archive.group,
                is_active=not archive.is_retired,
                subsumed_by=archive.subsumed_by or None,
            )
            for archive in list_archives(include_retired=True)
        ],
        categories=[
            CategoryOut(
                code=category.code,
                name=category.name,
                archive=category.archive,
                group=category.group,
                is_active=category.is_active,
                alias_of=_alias_of(category.code, category.canonical_code),
            )
            for category in categories
        ],
        aliases={
            category.code: category.canonical_code
            for category in categories
            if category.code != category.canonical_code
        },
    )


def _alias_of(code: str, canonical_code: str) -> str | None:
    return canonical_code if canonical_code != code else None
