"""Papers, their superseded metadata, and the one sequence of changes."""

import sqlalchemy as sa
from alembic import op

from app.db.types import UtcDateTime, make_arxiv_id_type

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_papers()
    op.create_table(
        "paper_history",
        sa.Column("arxiv_id", make_arxiv_id_type(), nullable=False),
        sa.Column("change_number", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("datestamp", sa.Date()),
        sa.Column("superseded_at", UtcDateTime(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("comments", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("title_tex", sa.Text()),
        sa.Column("authors_tex", sa.Text()),
        sa.Column("abstract_tex", sa.Text()),
        sa.PrimaryKeyConstraint("arxiv_id", "change_number", name=op.f("pk_paper_history")),
        sa.ForeignKeyConstraint(
            ["arxiv_id"], ["papers.arxiv_id"], name=op.f("fk_paper_history_arxiv_id")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_paper_history_version_positive")),
    )
    counter = op.create_table(
        "change_counter",
        sa.Column("counter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("living_papers", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("counter_id", name=op.f("pk_change_counter")),
        sa.CheckConstraint("counter_id = 1", name=op.f("ck_change_counter_one_row")),
        sa.CheckConstraint("last_number >= 0", name=op.f("ck_change_counter_last_number_counts")),
        sa.CheckConstraint(
            "living_papers >= 0", name=op.f("ck_change_counter_living_papers_counts")
        ),
    )
    op.bulk_insert(counter, [{"counter_id": 1, "last_number": 0, "living_papers": 0}])


def _create_papers() -> None:
    op.create_table(
        "papers",
        sa.Column("arxiv_id", make_arxiv_id_type(), nullable=False),
        sa.Column("change_number", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", UtcDateTime()),
        sa.Column("datestamp", sa.Date()),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(16), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_precision", sa.String(8), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "is_withdrawn",
            sa.Boolean(create_constraint=True, name=op.f("ck_papers_is_withdrawn")),
            nullable=False,
        ),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in (
                "categories", "title", "authors", "comments", "journal_ref", "doi", "report_no",
                "msc_class", "acm_class", "license_url", "submitter", "abstract_source",
                "versions", "abstract",
            )
        ),
        *(sa.Column(name, sa.Text()) for name in ("title_tex", "authors_tex", "abstract_tex")),
        sa.PrimaryKeyConstraint("arxiv_id", name=op.f("pk_papers")),
        sa.UniqueConstraint("change_number", name=op.f("uq_papers_change_number")),
        sa.CheckConstraint("change_number >= 1", name=op.f("ck_papers_change_number_positive")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_papers_version_positive")),
        sa.CheckConstraint("categories <> ''", name=op.f("ck_papers_categories_given")),
        sa.CheckConstraint(
            "length(content_hash) = 16", name=op.f("ck_papers_content_hash_length")
        ),
        sa.CheckConstraint(
            "submitted_precision IN ('time', 'day', 'month')",
            name=op.f("ck_papers_submitted_precision_known"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_papers_submitted_at_arxiv_id"), "papers", ["submitted_at", "arxiv_id"])


def downgrade() -> None:
    op.drop_table("change_counter")
    op.drop_table("paper_history")
    op.drop_table("papers")
