"""The one error that the operators raise on purpose."""


class OperatorDomainError(ValueError):
    """An input lies outside an operator's domain.

    The message is one sentence that names the argument, says what is wrong with it and what would
    be accepted, so that it can be shown to a person as it is.
    """
