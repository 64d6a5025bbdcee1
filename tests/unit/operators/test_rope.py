"""Rotary positions: published tables, the identities of the rotation, and the three principles."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.operators import rope
from app.operators.errors import OperatorDomainError
from app.operators.rope import BlockPositions, Image, Text, Video
from app.operators.rope.sequences import SchemeName
from tests.unit.operators.support import Array, numeric_vjp

RNG = np.random.default_rng(0)
VECTOR = RNG.standard_normal(24)
OTHER = RNG.standard_normal(24)

ROTATIONS: dict[int, Callable[..., Array]] = {2: rope.rope_2d, 3: rope.rope_3d}

# Spec B4 (d): block, first patch, last patch, next text, gap on both sides.
TABLE = [
    (rope.rope_tv_positions(4, 3, 2), (7, 6.5), (8, 8.5), 11, (3, 2.5)),
    (rope.rope_tv_positions(3, 3, 3), (7, 7), (9, 9), 13, (4, 4)),
    (rope.rope_tv_positions(10, 16, 16), (131, 131), (146, 146), 267, (121, 121)),
    (rope.rope_tv_positions(0, 1, 1), (1, 1), (1, 1), 2, (1, 1)),
    (rope.rope_tv_positions(5, 4, 1), (7.5, 6), (7.5, 9), 10, (2.5, 1)),
    (rope.rope_tie_positions(4, 3, 2), (8, 7), (12, 13), 16, (4, 3)),
    (
        rope.rope_tv_video_positions(2, 3, 2, 4),
        (14, 13.5, 13),
        (15, 15.5, 16),
        27,
        (12, 11.5, 11),
    ),
]


@pytest.mark.parametrize(("block", "first", "last", "following", "gap"), TABLE)
def test_the_published_positions_are_reproduced(
    block: BlockPositions,
    first: tuple[float, ...],
    last: tuple[float, ...],
    following: float,
    gap: tuple[float, ...],
) -> None:
    assert block.first_patch.tolist() == list(first)
    assert block.last_patch.tolist() == list(last)
    assert block.next_text.tolist() == [following] * len(first)
    assert block.gap_before.tolist() == list(gap)
    assert block.gap_after.tolist() == list(gap)


def test_the_non_integer_tie_counts_the_image_as_its_patches() -> None:
    block = rope.rope_tie_positions(4, 3, 2, variant="equivalent")
    s, t = 7 / 3, 7 / 4
    np.testing.assert_allclose(block.first_patch, [4 + s, 4 + t], rtol=1e-15)
    np.testing.assert_allclose(block.last_patch, [4 + 2 * s, 4 + 3 * t], rtol=1e-15)
    assert block.next_text.tolist() == [11, 11]
    np.testing.assert_allclose(block.gap_before, block.gap_after, rtol=1e-14)


def test_an_image_of_one_row_has_a_constant_first_coordinate() -> None:
    assert np.unique(rope.rope_tv_positions(5, 4, 1).positions[:, 0]).tolist() == [7.5]


def test_patches_come_row_by_row_and_frame_by_frame() -> None:
    image = rope.rope_tv_positions(4, 3, 2).positions
    assert image.tolist() == [[7, 6.5], [7, 7.5], [7, 8.5], [8, 6.5], [8, 7.5], [8, 8.5]]
    video = rope.mrope_positions(0, 2, 1, 2).positions
    assert video.tolist() == [[1, 1, 1], [1, 2, 1], [1, 1, 2], [1, 2, 2]]


def test_a_patch_may_count_as_half_a_token() -> None:
    block = rope.rope_tv_positions(4, 4, 2, tokens_per_patch=0.5)
    assert block.next_text.tolist() == [9, 9]
    assert block.gap_before.tolist() == block.gap_after.tolist()
    assert np.diff(block.positions[:4, 1]).tolist() == [1, 1, 1]


def test_mrope_is_continuous_on_the_left_and_jumps_on_the_right_of_a_long_video() -> None:
    block = rope.mrope_positions(2, 2, 2, 9)
    assert block.gap_before.tolist() == [1, 1, 1]
    assert block.gap_after.tolist() == [8, 8, 1]
    assert block.next_text.tolist() == [12, 12, 12]


def test_flattening_puts_vertical_neighbours_a_width_apart() -> None:
    plain = rope.flat_positions(4, 3, 2)
    assert plain.positions.ravel().tolist() == [5, 6, 7, 8, 9, 10]
    assert plain.next_text.tolist() == [11]
    separated = rope.flat_positions(4, 3, 2, row_separators=True)
    assert separated.positions.ravel().tolist() == [5, 6, 7, 9, 10, 11]
    assert separated.next_text.tolist() == [13]


def test_layout_places_an_image_on_the_lines_below_the_text() -> None:
    block = rope.layout_positions(4, 3, 2)
    assert block.positions.tolist() == [[2, 1], [2, 2], [2, 3], [3, 1], [3, 2], [3, 3]]
    assert block.next_text.tolist() == [4, 1]
    assert rope.layout_positions(0, 1, 1).positions.tolist() == [[1, 1]]


@given(st.integers(0, 50), st.integers(1, 9), st.integers(1, 9), st.integers(1, 5))
def test_rope_tv_is_symmetric_equivalent_and_evenly_spaced(L: int, w: int, h: int, t: int) -> None:
    for block, tokens in [
        (rope.rope_tv_positions(L, w, h), w * h),
        (rope.rope_tv_video_positions(L, w, h, t), w * h * t),
    ]:
        assert block.gap_before.tolist() == block.gap_after.tolist()
        assert np.all(block.next_text == L + tokens + 1)
        assert len(block.positions) == tokens
        assert np.all(block.positions * 2 == np.round(block.positions * 2))
    jump = rope.rope_tv_positions(L, w, h).gap_before - 1
    assert jump.tolist() == [(w * h - h) / 2, (w * h - w) / 2]


@pytest.mark.parametrize("axes", [2, 3])
@given(st.floats(-1e4, 1e4))
def test_text_at_n_is_the_multi_dimensional_encoding_at_equal_coordinates(
    axes: int, n: float
) -> None:
    rotated = ROTATIONS[axes](VECTOR, np.full(axes, n))
    assert np.array_equal(rotated, rope.rope_1d(VECTOR, n))


@pytest.mark.parametrize("axes", [2, 3])
@given(st.integers(-1000, 1000), st.integers(-500, 500), st.integers(-500, 500))
def test_scores_depend_on_the_offset_only_and_norms_are_kept(
    axes: int, c: int, m: int, n: int
) -> None:
    rotate = ROTATIONS[axes]
    a, b = np.arange(axes) + m, np.arange(axes) * 0.5 + n
    score = rotate(VECTOR, a) @ rotate(OTHER, b)
    assert rotate(VECTOR, a + c) @ rotate(OTHER, b + c) == pytest.approx(score, abs=1e-9)
    assert rope.relative_score(VECTOR, OTHER, b - a) == pytest.approx(score, abs=1e-9)
    assert np.linalg.norm(rotate(VECTOR, a)) == pytest.approx(np.linalg.norm(VECTOR))


@given(st.floats(-100, 100), st.floats(-100, 100))
def test_rotation_matrices_compose_to_their_difference(m: float, n: float) -> None:
    product = rope.rope_matrix(8, m).T @ rope.rope_matrix(8, n)
    np.testing.assert_allclose(product, rope.rope_matrix(8, n - m), rtol=0, atol=1e-12)
    np.testing.assert_allclose(rope.rope_matrix(8, m) @ VECTOR[:8], rope.rope_1d(VECTOR[:8], m))


def test_pairs_of_two_dimensions_alternate_between_row_and_column() -> None:
    row_only = rope.rope_2d(VECTOR, (3.0, 0.0))
    changed = np.abs(row_only - VECTOR).reshape(-1, 2).max(axis=-1) > 0
    assert changed.tolist() == [True, False] * 6
    frame_only = rope.rope_3d(VECTOR, (0.0, 0.0, 3.0))
    changed = np.abs(frame_only - VECTOR).reshape(-1, 2).max(axis=-1) > 0
    assert changed.tolist() == [False, False, True] * 4


def test_frequencies_fall_geometrically_and_can_be_shared_by_the_axes() -> None:
    np.testing.assert_allclose(
        rope.rope_frequencies(8), 10000.0 ** (-2 * np.arange(4) / 8), rtol=1e-15
    )
    symmetric = rope.rope_frequencies(8, axes=2)
    assert symmetric[0::2].tolist() == symmetric[1::2].tolist()
    np.testing.assert_allclose(symmetric[0::2], 10000.0 ** (-4 * np.arange(2) / 8), rtol=1e-15)
    swapped = VECTOR[:8].reshape(2, 2, 2)[:, ::-1].ravel()
    np.testing.assert_allclose(
        rope.rope_2d(swapped, (5.0, 2.0), theta=symmetric).reshape(2, 2, 2)[:, ::-1].ravel(),
        rope.rope_2d(VECTOR[:8], (2.0, 5.0), theta=symmetric),
        rtol=1e-14,
    )


def test_the_gradient_of_a_rotation_is_the_rotation_back() -> None:
    cotangent = RNG.standard_normal(24)
    expected = numeric_vjp(lambda x: rope.rope_1d(x, 7.5), VECTOR, cotangent)
    np.testing.assert_allclose(rope.rope_1d(cotangent, -7.5), expected, rtol=1e-6, atol=1e-9)


def test_batches_of_vectors_and_positions_broadcast() -> None:
    x = RNG.standard_normal((2, 5, 12))
    places = RNG.standard_normal((5, 2))
    batch = rope.rope_2d(x, places)
    assert batch.shape == x.shape
    np.testing.assert_allclose(batch[1, 3], rope.rope_2d(x[1, 3], places[3]), rtol=0, atol=1e-15)


def test_float32_vectors_keep_their_type_and_their_digits_at_far_positions() -> None:
    x = VECTOR.astype(np.float32)
    far = rope.rope_1d(x, 1_000_000)
    assert far.dtype == np.float32
    np.testing.assert_allclose(
        far, rope.rope_1d(x.astype(np.float64), 1_000_000), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: rope.rope_1d(np.ones(3), 1), "divisible by 2"),
        (lambda: rope.rope_2d(np.ones(6), (1, 1)), "divisible by 4"),
        (lambda: rope.rope_3d(np.ones(8), (1, 1, 1)), "divisible by 6"),
        (lambda: rope.rope_2d(np.ones(8), (1, 1, 1)), "2 coordinates"),
        (lambda: rope.rope_1d(np.ones((2, 4)), np.ones(3)), "do not fit"),
        (lambda: rope.rope_1d(np.ones(4), 1, theta=[1.0]), "2 frequencies"),
        (lambda: rope.rope_1d(np.ones(4), np.nan), "NaN or infinity"),
        (lambda: rope.rope_matrix(4, [[1.0]]), "2 or 3 coordinates"),
        (lambda: rope.relative_score(VECTOR, OTHER, np.ones(4)), "1, 2 or 3 coordinates"),
        (lambda: rope.rope_tv_positions(4, 0, 2), "width"),
        (lambda: rope.rope_tv_positions(4, 3, 0), "height"),
        (lambda: rope.rope_tv_positions(-1, 3, 2), "text_end"),
        (lambda: rope.rope_tv_video_positions(4, 3, 2, 0), "frames"),
        (lambda: rope.sequence_positions([]), "at least one"),
        (lambda: rope.sequence_positions([Text(0)]), "length of a text"),
        (lambda: rope.sequence_positions([Video(2, 2, 2)], "tie"), "images only"),
        (lambda: rope.check_principles("tv", []), "at least one"),
    ],
)
def test_inputs_outside_the_domain_are_refused_with_a_sentence(
    call: Callable[[], object], sentence: str
) -> None:
    with pytest.raises(OperatorDomainError, match=sentence):
        call()


def test_an_unknown_scheme_is_refused_with_the_known_ones() -> None:
    positions: Callable[..., object] = rope.sequence_positions
    with pytest.raises(OperatorDomainError, match="tv, tie"):
        positions([Text(1)], "rope")
    tie: Callable[..., object] = rope.rope_tie_positions
    with pytest.raises(OperatorDomainError, match="integer"):
        tie(4, 3, 2, variant="half")


SEGMENTS = st.lists(
    st.one_of(
        st.builds(Text, st.integers(1, 5)),
        st.builds(Image, st.integers(1, 5), st.integers(1, 5)),
        st.builds(Video, st.integers(1, 4), st.integers(1, 4), st.integers(1, 3)),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("scheme", ["tv", "mrope", "flat", "flat_rows"])
@given(SEGMENTS)
def test_positions_of_text_strictly_increase_across_segments(
    scheme: SchemeName, segments: list[rope.Segment]
) -> None:
    result = rope.sequence_positions(segments, scheme)
    is_text = np.array([isinstance(segments[index], Text) for index in result.segment])
    text = result.positions[is_text]
    assert np.all(text == text[:, :1])
    assert np.all(np.diff(np.concatenate([text[:, 0], result.next_text[:1]])) > 0)
    if scheme == "tv":
        assert result.next_text[0] == len(result.positions) + 1


@given(SEGMENTS)
def test_a_sequence_of_rope_tv_consists_of_its_blocks(segments: list[rope.Segment]) -> None:
    result = rope.sequence_positions(segments)
    before = 0
    for index, segment in enumerate(segments):
        own = result.positions[result.segment == index]
        if isinstance(segment, Image) and own.shape[1] == 2:
            block = rope.rope_tv_positions(before, segment.width, segment.height)
            assert own.tolist() == block.positions.tolist()
            assert result.blocks[index].gap_before.tolist() == block.gap_before.tolist()
        before += len(own)


def test_an_image_among_videos_is_a_video_of_one_frame() -> None:
    result = rope.sequence_positions([Text(2), Image(3, 2), Video(2, 2, 2)])
    assert result.positions.shape == (2 + 6 + 8, 3)
    expected = rope.rope_tv_video_positions(2, 3, 2, 1).positions
    assert result.positions[2:8].tolist() == expected.tolist()


def test_a_sequence_under_layout_gives_every_run_of_text_a_line() -> None:
    result = rope.sequence_positions([Text(2), Image(2, 2), Text(1), Text(1)], "layout")
    assert result.positions.tolist() == [
        [1, 1], [1, 2], [2, 1], [2, 2], [3, 1], [3, 2], [4, 1], [5, 1],
    ]  # fmt: skip
    assert result.next_text.tolist() == [6, 1]


def test_frames_given_as_images_lose_their_alignment_in_time() -> None:
    images = rope.frames_as_images(Video(2, 2, 3))
    assert images == (Image(2, 2),) * 3
    separate = rope.sequence_positions(images, "tie")
    assert separate.positions.shape == (12, 2)
    apart = (
        rope.sequence_positions(images).positions[4] - rope.sequence_positions(images).positions[0]
    )
    assert np.abs(apart).max() > 1
    joined = rope.sequence_positions([Video(2, 2, 3)]).positions
    assert (joined[4] - joined[0]).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("scheme", "kept"),
    [
        ("tv", (True, True, True, True)),
        ("tie", (True, False, True, False)),
        ("tie_equivalent", (True, True, True, False)),
        ("mrope", (True, False, False, True)),
        ("flat", (False, True, True, False)),
        ("flat_rows", (False, False, False, False)),
        ("layout", (False, False, False, True)),
    ],
)
def test_each_scheme_keeps_the_principles_the_post_says(
    scheme: SchemeName, kept: tuple[bool, bool, bool, bool]
) -> None:
    report = rope.check_principles(scheme)
    found = (report.compatibility, report.equivalence, report.symmetry, report.unit_spacing)
    assert found == kept
    assert bool(report.reasons) is not all(kept)


def test_principles_can_be_checked_on_videos() -> None:
    assert rope.check_principles("tv", [Video(3, 2, 4)]).reasons == ()
    report = rope.check_principles("mrope", [Video(2, 2, 16)])
    assert report.compatibility
    assert not report.equivalence
    assert not report.symmetry
    assert not rope.check_principles("flat", [Video(1, 1, 4)]).compatibility
    # Under layout the frames lie one below the other: no axis of their own.
    assert "RoPE-2D" in rope.check_principles("layout", [Video(3, 2, 4)]).reasons[1]
