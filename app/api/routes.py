"""All routers of the REST interface, for the composition root."""

from app.api import categories, days, health, papers, preferences, related, search, stars, status
from app.api.operators import routes as operators

ROUTERS = (
    search.router,
    stars.router,
    related.router,
    papers.router,
    preferences.router,
    days.router,
    categories.router,
    operators.router,
    status.router,
    health.router,
)
