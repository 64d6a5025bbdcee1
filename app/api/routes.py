"""All routers of the REST interface, for the composition root."""

from app.api import categories, days, health, papers, search, status
from app.api.operators import routes as operators

ROUTERS = (
    search.router,
    papers.router,
    days.router,
    categories.router,
    operators.router,
    status.router,
    health.router,
)
