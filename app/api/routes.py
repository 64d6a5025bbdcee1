"""All routers of the REST interface, for the composition root."""

from app.api import (
    categories,
    days,
    explain,
    health,
    keywords,
    papers,
    preference_learning,
    preferences,
    recommend,
    recommend_upload,
    related,
    search,
    stars,
    status,
    suggest,
)
from app.api.operators import routes as operators

ROUTERS = (
    search.router,
    suggest.router,
    explain.router,
    stars.router,
    related.router,
    keywords.router,
    papers.router,
    preferences.router,
    preference_learning.router,
    recommend.router,
    recommend_upload.router,
    days.router,
    categories.router,
    operators.router,
    status.router,
    health.router,
)
