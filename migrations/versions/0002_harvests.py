"""Harvest cursors, the reports of all runs, and how far snapshot imports came."""

import sqlalchemy as sa
from alembic import op

from app.db.types import UtcDateTime, make_row_id_type

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "harvest_cursors",
        sa.Column("cursor_key", sa.String(200), nullable=False),
        sa.Column("next_from", sa.Date()),
        sa.Column("window_from", sa.Date()),
        sa.Column("resumption_token", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("response_date", UtcDateTime()),
        sa.PrimaryKeyConstraint("cursor_key", name=op.f("pk_harvest_cursors")),
        sa.CheckConstraint("pages >= 0", name=op.f("ck_harvest_cursors_pages_count")),
    )
    op.create_table(
        "runs",
        sa.Column("run_id", make_row_id_type(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=False),
        sa.Column(
            "succeeded",
            sa.Boolean(create_constraint=True, name=op.f("ck_runs_succeeded")),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
        sa.CheckConstraint("stage <> ''", name=op.f("ck_runs_stage_given")),
    )
    op.create_index(op.f("ix_runs_stage_run_id"), "runs", ["stage", "run_id"])
    op.create_table(
        "import_checkpoints",
        sa.Column("fingerprint", sa.String(200), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_import_checkpoints")),
        sa.CheckConstraint(
            "lines >= 0 AND bytes >= 0", name=op.f("ck_import_checkpoints_position_counts")
        ),
        sa.CheckConstraint(
            "accepted >= 0 AND rejected >= 0", name=op.f("ck_import_checkpoints_records_count")
        ),
    )


def downgrade() -> None:
    op.drop_table("import_checkpoints")
    op.drop_table("runs")
    op.drop_table("harvest_cursors")
