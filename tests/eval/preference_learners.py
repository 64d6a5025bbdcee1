"""Peers of `app.text.taste_learning`: a linear SVM, and the maximum of a smooth top-k recall.

Both give a weight to each example; a word's weight is the sum of its entries times these. They
see the examples through the words that Rocchio's rule keeps, like the list that is shown.
"""

import numpy as np
import numpy.typing as npt

from app.operators import top_k

Matrix = npt.NDArray[np.float64]

SVM_COST = 0.1
SVM_ROUNDS = 300

TEMPERATURE = 0.1
SHRINKAGE = 0.3
STEP = 0.5
STEPS = 100
START_SKIPPED_SHARE = 0.25


def learn_by_svm(examples: Matrix, liked: int) -> Matrix:
    """The word weights of a linear SVM with squared hinge loss, both classes counting alike.

    Solved in the dual, one coordinate after the other (Hsieh et al., ICML 2008).

    Args:
        examples: one row a paper, the liked ones first.
        liked: how many these are.
    """
    labels = np.where(np.arange(len(examples)) < liked, 1.0, -1.0)
    skipped = len(examples) - liked
    # One more feature that is always 1 stands for the threshold.
    kernel = examples @ examples.T + 1.0
    costs = SVM_COST * len(examples) / (2 * np.where(labels > 0, liked, max(skipped, 1)))
    slack = 1 / (2 * costs)
    dual = np.zeros(len(examples))
    scores = np.zeros(len(examples))
    for _ in range(SVM_ROUNDS):
        for i, label in enumerate(labels):
            gradient = label * scores[i] - 1 + dual[i] * slack[i]
            value = max(0.0, dual[i] - gradient / (kernel[i, i] + slack[i]))
            scores += (value - dual[i]) * label * kernel[i]
            dual[i] = value
    weights: Matrix = (dual * labels) @ examples
    return weights


def learn_by_top_k(examples: Matrix, liked: int) -> Matrix:
    """The word weights that maximise ThreTopK recall of the liked papers among all examples.

    With p = ST_k(scores / temperature), k the number of liked papers, and f the Laplace step, the
    recall sum_{i liked} p_i / k has the gradient f'_j (1[j liked] − mean of the liked under f') / k
    (post 10373), and a quadratic penalty keeps the weights small. Begins at Rocchio's rule.
    """
    is_liked = np.arange(len(examples)) < liked
    skipped = max(len(examples) - liked, 1)
    kernel = examples @ examples.T
    parts = np.where(is_liked, 1 / liked, -START_SKIPPED_SHARE / skipped)
    for _ in range(STEPS):
        scores = kernel @ parts
        level = top_k.thre_top_k_laplace(scores, liked, temperature=TEMPERATURE).threshold
        if level is None:
            break
        slopes = top_k.SOFT_STEPS["laplace"].slope(scores / TEMPERATURE - level)
        # The gradient of lambda, by which the liked papers push all others down.
        shares = slopes / slopes.sum()
        gradient = slopes * (is_liked - shares[is_liked].sum()) / (liked * TEMPERATURE)
        parts = parts + STEP * (gradient - SHRINKAGE * parts)
    weights: Matrix = parts @ examples
    return weights
