"""Rules that choose columns: against their definitions, clusters found, ties and zeros."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.operators import low_rank
from app.operators.errors import OperatorDomainError
from app.operators.low_rank.column_choice import ColumnRule, choose_columns, cluster_columns

RULES = get_args(ColumnRule)


def make_clustered(rng: np.random.Generator, *, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """A 20 x 30 matrix of 5 clusters of columns, and the cluster of each."""
    centres = 3.0 * rng.standard_normal((20, 5))
    labels = rng.permutation(np.repeat(np.arange(5), 6))
    return centres[:, labels] + spread * rng.standard_normal((20, 30)), labels


@pytest.mark.parametrize("rule", RULES)
@given(seed=st.integers(0, 10_000), r=st.integers(1, 6))
def test_every_rule_gives_distinct_columns_and_the_same_ones_for_a_seed(
    rule: ColumnRule, seed: int, r: int
) -> None:
    matrix = np.random.default_rng(seed).standard_normal((6, 9))

    first = choose_columns(matrix, r, rule, np.random.default_rng(seed)).indices
    again = choose_columns(matrix, r, rule, np.random.default_rng(seed)).indices

    assert len(set(first.tolist())) == r
    assert first.min() >= 0
    assert first.max() < 9
    np.testing.assert_array_equal(first, again)


def test_fixed_rules_are_those_of_their_own_operators() -> None:
    matrix = np.random.default_rng(1).standard_normal((8, 12))
    scores = low_rank.leverage_scores(matrix, 4).scores
    basis = low_rank.svd_approx(matrix, 4).vt.T

    assert set(choose_columns(matrix, 4, "leverage").indices) == set(np.argsort(-scores)[:4])
    np.testing.assert_array_equal(
        choose_columns(matrix, 4, "deim").indices, low_rank.deim(basis, 4).indices
    )
    np.testing.assert_array_equal(
        choose_columns(matrix, 4, "cpqr").indices, low_rank.id_cpqr_to_rank(matrix, 4).columns
    )
    norms = np.linalg.norm(matrix, axis=0)
    np.testing.assert_array_equal(
        choose_columns(matrix, 4, "largest_norm").indices, np.argsort(-norms)[:4]
    )


@pytest.mark.parametrize("seed", range(5))
def test_cluster_centres_stand_for_each_true_cluster_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix, labels = make_clustered(rng, spread=0.01)

    clusters = cluster_columns(matrix, 5, rng)

    assert set(labels[clusters.indices]) == set(range(5))
    for cluster in range(5):
        assert len(set(clusters.labels[labels == cluster])) == 1


def test_columns_of_clusters_serve_cur_better_than_uniform_ones_on_average() -> None:
    rng = np.random.default_rng(7)
    matrix, _ = make_clustered(rng, spread=0.05)

    def mean_error(rule: ColumnRule) -> float:
        errors = []
        for _ in range(20):
            columns = choose_columns(matrix, 5, rule, rng).indices
            errors.append(low_rank.cur(matrix, columns, range(20), "optimal").error)
        return float(np.mean(errors))

    assert mean_error("clusters") < 0.5 * mean_error("uniform_sample")


@pytest.mark.parametrize("scale", [1e-100, 1.0, 1e100])
def test_clusters_do_not_depend_on_the_scale_of_the_matrix(scale: float) -> None:
    matrix, _ = make_clustered(np.random.default_rng(2), spread=0.01)

    scaled = cluster_columns(scale * matrix, 5, np.random.default_rng(3))
    plain = cluster_columns(matrix, 5, np.random.default_rng(3))

    assert set(scaled.indices) == set(plain.indices)


def test_repeated_columns_make_fewer_clusters_which_is_said() -> None:
    matrix = np.repeat([[1.0, 0.0], [0.0, 1.0]], 3, axis=1)

    clusters = cluster_columns(matrix, 4, np.random.default_rng(0))

    assert len(set(clusters.indices.tolist())) == 4
    assert clusters.warnings == (
        "The columns form only 2 clusters; the first unused ones stand in.",
    )


def test_sampling_leaves_zero_columns_out_as_long_as_there_are_others() -> None:
    matrix = np.array([[1.0, 0.0, 2.0, 0.0], [0.0, 0.0, 1.0, 0.0]])

    for seed in range(10):
        drawn = choose_columns(matrix, 2, "norm_sample", np.random.default_rng(seed)).indices
        assert set(drawn) == {0, 2}


def test_what_cannot_be_chosen_is_refused_in_one_sentence() -> None:
    matrix = np.eye(3)
    with pytest.raises(OperatorDomainError, match="give a generator"):
        choose_columns(matrix, 2, "uniform_sample")
    with pytest.raises(OperatorDomainError, match="rule must be one of"):
        choose_columns(matrix, 2, "taste")  # type: ignore[arg-type]
    with pytest.raises(OperatorDomainError, match="r must be between 1 and 3"):
        choose_columns(matrix, 4, "cpqr")
    with pytest.raises(OperatorDomainError, match="nothing to sample"):
        choose_columns(np.zeros((2, 3)), 1, "norm_sample", np.random.default_rng(0))
