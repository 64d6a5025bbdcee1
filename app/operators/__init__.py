"""Operators of seven posts of mathematics: pure numpy and scipy, no state, explicit generators.

Each is a module or package of its own, imported when asked for and not before:
`from app.operators import top_k`.
"""

__all__ = [
    "batch_size",
    "low_rank",
    "nope",
    "rope",
    "softmax",
    "top_k",
    "vector_quantization",
]
