"""Vector quantisation: nearest codes, gradients through them, and quantisers without a codebook.

Every function takes batches along leading axes. Where a post defines a gradient by stop-gradient,
a value and its vector–Jacobian product come as a pair.
Source: kexue.fm 6760, 8453, 9826, 10489 and 10519.
"""

from app.operators.vector_quantization.codebook import (
    CodebookUsage,
    NearestCode,
    VqLosses,
    codebook_gradient,
    codebook_usage,
    ema_codebook,
    ema_update,
    perplexity,
    vq_losses,
    vq_nearest,
)
from app.operators.vector_quantization.finite_scalar import (
    RECOMMENDED_LEVELS,
    FsqCodes,
    fsq,
    fsq_bin_edges,
    fsq_decode,
    fsq_index,
)
from app.operators.vector_quantization.orthogonal import (
    OrthogonalMap,
    householder,
    rotation_matrix,
    symmetric_orth,
)
from app.operators.vector_quantization.rotation import (
    REFLECTION,
    ROTATION,
    STRAIGHT_THROUGH,
    RotationTrick,
    rotation_trick,
)
from app.operators.vector_quantization.simvq import (
    SimVqGradients,
    simvq_codebook,
    simvq_effective_step,
    simvq_gradients,
    simvq_nearest,
)
from app.operators.vector_quantization.straight_through import ValueAndVjp, ste, ste_general

__all__ = [
    "CodebookUsage",
    "FsqCodes",
    "NearestCode",
    "OrthogonalMap",
    "RECOMMENDED_LEVELS",
    "REFLECTION",
    "ROTATION",
    "RotationTrick",
    "STRAIGHT_THROUGH",
    "SimVqGradients",
    "ValueAndVjp",
    "VqLosses",
    "codebook_gradient",
    "codebook_usage",
    "ema_codebook",
    "ema_update",
    "fsq",
    "fsq_bin_edges",
    "fsq_decode",
    "fsq_index",
    "householder",
    "perplexity",
    "rotation_matrix",
    "rotation_trick",
    "simvq_codebook",
    "simvq_effective_step",
    "simvq_gradients",
    "simvq_nearest",
    "ste",
    "ste_general",
    "symmetric_orth",
    "vq_losses",
    "vq_nearest",
]
