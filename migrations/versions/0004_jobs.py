"""Requested work, and the leases that keep two runners apart."""

import sqlalchemy as sa
from alembic import op

from app.db.types import UtcDateTime, make_row_id_type

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("job_id", make_row_id_type(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime()),
        sa.Column("finished_at", UtcDateTime()),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_jobs")),
        sa.CheckConstraint(
            "kind IN ('run', 'harvest', 'announcements', 'reconcile', 'index', 'rebuild')",
            name=op.f("ck_jobs_kind_known"),
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_jobs_status_known")
        ),
        sa.CheckConstraint(
            "status <> 'running' OR (started_at IS NOT NULL AND owner <> '')",
            name=op.f("ck_jobs_running_is_owned"),
        ),
        sa.CheckConstraint(
            "(status IN ('done', 'failed')) = (finished_at IS NOT NULL)",
            name=op.f("ck_jobs_finished_has_a_time"),
        ),
    )
    op.create_index(
        op.f("ix_jobs_queued_kind"),
        "jobs",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("status = 'queued'"),
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
        sa.CheckConstraint("owner <> ''", name=op.f("ck_leases_owner_given")),
    )


def downgrade() -> None:
    op.drop_table("leases")
    op.drop_table("jobs")
