"""Stars as plain counts: no row tells one reader's star from another's."""

import sqlalchemy as sa
from alembic import op

from app.db.types import make_arxiv_id_type

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "star_counts",
        sa.Column("arxiv_id", make_arxiv_id_type(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("arxiv_id", name=op.f("pk_star_counts")),
        sa.ForeignKeyConstraint(
            ["arxiv_id"], ["papers.arxiv_id"], name=op.f("fk_star_counts_arxiv_id")
        ),
        sa.CheckConstraint("stars >= 1", name=op.f("ck_star_counts_stars_counts")),
    )
    op.execute(
        "INSERT INTO star_counts (arxiv_id, stars) "
        "SELECT arxiv_id, COUNT(*) FROM stars GROUP BY arxiv_id"
    )
    op.drop_table("stars")


def downgrade() -> None:
    # Who starred what is not known any more, so the counts cannot become rows again.
    op.create_table(
        "stars",
        sa.Column("arxiv_id", make_arxiv_id_type(), nullable=False),
        sa.Column("client_day_key", sa.String(128), nullable=False),
        sa.Column("starred_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("arxiv_id", "client_day_key", name=op.f("pk_stars")),
        sa.ForeignKeyConstraint(["arxiv_id"], ["papers.arxiv_id"], name=op.f("fk_stars_arxiv_id")),
    )
    op.drop_table("star_counts")
