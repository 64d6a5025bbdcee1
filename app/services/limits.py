"""The check of a limit that a request keeps to."""

from app.domain.errors import LimitExceededError


def check_limit(
    value: int, name: str, limit: int, unit: str, *, advice: str = "Ask with less."
) -> None:
    """Return quietly if a value keeps to a limit.

    Args:
        value: what is asked for or given.
        name: of the setting that states the limit.
        limit: the largest value that is accepted.
        unit: what is counted.
        advice: what to do instead.

    Raises:
        LimitExceededError: the value is larger.
    """
    if value > limit:
        raise LimitExceededError(
            f"{value:,} {unit} are given or asked for, at most {limit:,} are allowed ({name}). "
            + advice,
            limit_name=name,
            limit=limit,
            unit=unit,
        )
