"""The posts, and the sentences about limits that several operators share."""

from app.api.operators.limits import MAX_BATCH_ENTRIES, MAX_JACOBIAN_SIDE, MAX_MATRIX_SIDE
from app.api.operators.operator import Post

SOFTMAX = Post(10145, "Softmax and its alternatives", "softmax", "softmax", (9085,))
TOP_K = Post(10373, "Smooth top-k", "top-k", "top_k", (6620,))
NOPE = Post(10347, "Why causal attention needs no positions, almost", "nope", "nope")
ROPE = Post(10352, "Positions of text, images and videos", "rope", "rope", (10040,))
BATCH_SIZE = Post(
    10542,
    "Learning rate against batch size",
    "batch-size",
    "batch_size",
    (10563, 11260, 11280, 11301),
)
LOW_RANK = Post(
    10427, "Low-rank approximation", "low-rank", "low_rank", (10366, 10407, 10501, 10662)
)
VECTOR_QUANTIZATION = Post(
    10489,
    "Vector quantisation and the rotation trick",
    "vector-quantization",
    "vector_quantization",
    (6760, 9826, 10519, 8453),
)

BATCH_LIMIT = f"rows times n at most {MAX_BATCH_ENTRIES:,}"
JACOBIAN_LIMIT = f"with jacobian: one vector of n at most {MAX_JACOBIAN_SIDE}"
MATRIX_LIMIT = f"matrices of at most {MAX_MATRIX_SIDE} × {MAX_MATRIX_SIDE}"
