"""The three toy papers of the published figures."""

TOY_PAPERS = {
    "a": (
        "Sparse attention for long context",
        "We study sparse attention attention kernels",
    ),
    "b": ("Learning rate scaling laws", "batch size and learning rate"),
    "c": ("Long context evaluation", "benchmark for long context models"),
}
"""Title and abstract of each."""
