## A new migration fails until somebody has written both of its directions.
"""${message}.

Revision: ${up_revision}, after ${down_revision}.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades or 'raise RuntimeError("say here what this migration changes")'}


def downgrade() -> None:
    ${downgrades or 'raise RuntimeError("say here how to take that back")'}
