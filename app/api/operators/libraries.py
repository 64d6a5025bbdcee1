"""The operator library, each of its modules imported at first use.

Importing scipy takes a large part of a second, which the start of the service and its pages
should not wait for.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.operators import (
        batch_size,
        low_rank,
        nope,
        rope,
        softmax,
        top_k,
        vector_quantization,
    )
else:

    class _LazyModule:
        """Stands for a module of `app.operators` until an attribute of it is asked for."""

        def __init__(self, name: str) -> None:
            self._name = f"app.operators.{name}"

        def __getattr__(self, attribute: str) -> object:
            return getattr(importlib.import_module(self._name), attribute)

    batch_size = _LazyModule("batch_size")
    low_rank = _LazyModule("low_rank")
    nope = _LazyModule("nope")
    rope = _LazyModule("rope")
    softmax = _LazyModule("softmax")
    top_k = _LazyModule("top_k")
    vector_quantization = _LazyModule("vector_quantization")

__all__ = [
    "batch_size",
    "low_rank",
    "nope",
    "rope",
    "softmax",
    "top_k",
    "vector_quantization",
]
