"""REST under /api/v1; the only room, with the settings, that knows pydantic models."""
