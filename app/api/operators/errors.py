"""Errors of a call of an operator, beside those of the whole service."""

from app.domain.errors import InvalidInputError, LimitExceededError, NotFoundError, PapersiftError


class UnknownOperatorError(NotFoundError):
    """No operator has this name.

    Attributes:
        near: names that look like it, best first; may be empty.
    """

    def __init__(self, name: str, near: list[str]) -> None:
        advice = f"Did you mean {' or '.join(near)}? " if near else ""
        super().__init__(
            f'There is no operator "{name[:60]}". {advice}GET /api/v1/operators lists them all.'
        )
        self.near = near


class OperatorInputError(InvalidInputError):
    """The inputs are not those that an operator takes, or lie outside its domain.

    Attributes:
        parameter: path of the input at fault, such as `x[3]`; empty where no single one is.
    """

    def __init__(self, message: str, *, parameter: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter


class TimeBudgetError(LimitExceededError):
    """A calculation took longer than one call may."""

    def __init__(self, budget_seconds: float) -> None:
        super().__init__(
            f"The calculation did not end within the time budget of {budget_seconds:g} seconds "
            "(operator_time_budget_seconds); make the inputs smaller.",
            limit_name="operator_time_budget_seconds",
            limit=round(budget_seconds * 1_000),
            unit="milliseconds",
        )


class OperatorsBusyError(PapersiftError):
    """Every thread for calculations was taken for the whole time budget."""

    def __init__(self, budget_seconds: float) -> None:
        super().__init__(
            "Other calculations kept this one waiting for its whole time budget of "
            f"{budget_seconds:g} seconds (operator_time_budget_seconds); try again."
        )
