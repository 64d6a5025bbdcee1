"""All routers of the REST interface, for the composition root."""

from app.api import categories, days, health, papers, search, status

ROUTERS = (
    search.router,
    papers.router,
    days.router,
    categories.router,
    status.router,
    health.router,
)
