"""Attention without positions, and what it knows of them (post 10347), importable as one module.

>>> from app.operators import nope
>>> nope.uniform_causal_average([[2.0], [4.0]])
array([[2.],
       [3.]])
"""

from app.operators.nope.attention import (
    attention_weights,
    bidirectional_attention,
    causal_attention,
)
from app.operators.nope.position_law import (
    NopeRun,
    effective_length,
    expected_mean_square,
    mean_square,
    position_resolution,
    simulate_causal_layers,
    uniform_causal_average,
)

__all__ = [
    "NopeRun",
    "attention_weights",
    "bidirectional_attention",
    "causal_attention",
    "effective_length",
    "expected_mean_square",
    "mean_square",
    "position_resolution",
    "simulate_causal_layers",
    "uniform_causal_average",
]
