"""The numbers on a page are those that REST answers for the state of its controls."""

import math
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.browser.conftest import OpenVisit
from tests.browser.visits import Visit, is_near, parse_cell

pytestmark = pytest.mark.browser

State = dict[str, str]
Rows = list[list[object]]


def parse_vector(text: str) -> list[float]:
    return [float(word) for word in text.split(",")]


def expect_softmax(page: Visit, state: State) -> Rows:
    x = parse_vector(state["x"])
    given = {"x": x, "temperature": float(state["tau"])}
    answers = [
        page.ask("softmax", **given),
        page.ask("entmax", alpha=float(state["alpha"]), **given),
        page.ask("sparsemax", **given),
        page.ask("sparse_softmax", k=min(int(state["k"]), len(x)), **given),
        page.ask("taylor_softmax", degree=int(state["degree"]), **given),
        page.ask("perturb_max", noise=state["noise"], nodes=400, **given),
    ]
    columns = [answer["p"] for answer in answers]
    return [
        [entry + 1, x[entry], *(column[entry] for column in columns)] for entry in range(len(x))
    ]


def expect_top_k(page: Visit, state: State) -> Rows:
    names = {
        "grad": "grad_top_k",
        "exp": "thre_top_k_exp",
        "sigmoid": "thre_top_k_sigmoid",
        "laplace": "thre_top_k_laplace",
        "iterated": "iterated_softmax_top_k",
        "weighted": "weighted_softmax_top_k",
        "recursive": "grad_top_k_recursive",
    }
    x = parse_vector(state["x"])
    k = float(state["k"])
    answer = page.ask(
        names[state["op"]],
        x=x,
        k=int(k) if k.is_integer() else k,
        temperature=float(state["tau"]),
    )
    columns = zip(x, answer["p"], answer["hard"], strict=True)
    return [[entry, *row] for entry, row in enumerate(columns, start=1)]


def expect_nope(page: Visit, state: State) -> Rows:
    length = int(state["length"])
    answer = page.ask(
        "nope_simulation",
        length=length,
        dimension=int(state["dimension"]),
        sigma=float(state["sigma"]),
        mean=float(state["mean"]),
        sharpness=float(state["sharpness"]),
        layers=int(state["layers"]),
        seed=int(state["seed"]),
    )
    names = ("position", "mean_square", "expected", "effective_length", "resolution")
    shown = [n for n in range(1, length + 1) if n == length or n & (n - 1) == 0]
    return [[answer[name][n - 1] for name in names] for n in shown]


def expect_rope(page: Visit, state: State) -> Rows:
    segments = [parse_segment(part) for part in state["segments"].split(",")]
    answer = page.ask("sequence_positions", segments=segments, scheme=state["scheme"])
    return [
        [token, f"{segments[of]['kind']} {of + 1}", *place]
        for token, (place, of) in enumerate(
            zip(answer["positions"], answer["segment"], strict=True), start=1
        )
    ]


def parse_segment(text: str) -> dict[str, object]:
    kind, size = text.split()
    names = {"text": ("length",), "image": ("width", "height")}
    fields = names.get(kind, ("width", "height", "frames"))
    return {"kind": kind} | dict(zip(fields, map(int, size.split("x")), strict=True))


def expect_batch_size(page: Visit, state: State) -> Rows:
    sizes = [1.0, 10.0, 100.0, 1000.0, 1e6, float(state["B"])]
    factor = (1 + float(state["beta1"])) / (1 - float(state["beta1"]))
    answer = page.ask(
        "surge_optimum",
        diagonal=float(state["D"]),
        off_diagonal=float(state["O"]),
        gradient_gain=float(state["G1"]),
        kappa2=float(state["kappa2"]),
        batch_sizes=[size * factor for size in sizes],
    )
    return [[size, eta] for size, eta in zip(sizes, answer["eta"], strict=True)]


def expect_low_rank(page: Visit, state: State) -> Rows:
    recipes = {"noise": "low_rank_noise", "clustered": "clustered", "picture": "image"}
    recipe = {
        "kind": recipes.get(state["source"], state["source"]),
        "rows": 24,
        "columns": int(state["size"]),
        "rank": int(state["rank"]),
        "noise": float(state["noise"]),
        "seed": int(state["seed"]),
    }
    matrix: object = recipe
    r = int(state["r"])
    if state["source"] == "entries":
        rows = [[float(x) for x in row.split()] for row in state["entries"].split(";")]
        matrix, r = rows, min(r, len(rows), len(rows[0]))
    methods = {
        "id_cpqr": "ID, pivoted QR",
        "id_best_greedy": "ID, best single columns",
        "id_colsample": "ID, sampled columns",
        "id_project": "ID, projected rows",
        "cur_deim": "CUR, DEIM",
        "cur_leverage": "CUR, leverage scores",
        "cur_intersection_deim": "CUR, DEIM, intersection",
    }
    answer = page.ask(
        "low_rank_comparison",
        matrix=matrix,
        ranks=[r],
        methods=list(methods),
        seed=int(state["draw"]),
    )
    errors = {"SVD, the floor": answer["svd_floor"][0]}
    errors |= {methods[each["method"]]: each["errors"][0] for each in answer["methods"]}
    return [[name, error] for name, error in errors.items()]


def expect_vector_quantization(page: Visit, state: State) -> Rows:
    angle = math.radians(float(state["angle"]))
    answer = page.ask(
        "gradient_transport",
        z=parse_vector(state["z"]),
        codebook=[parse_vector(point) for point in state["codes"].split(";")],
        gradient=[0.7 * math.cos(angle), 0.7 * math.sin(angle)],
    )
    names = {"straight_through": "straight through", "rotation": "rotation trick"}
    return [
        [names.get(arrow["map"], arrow["map"]), *arrow["gradient"], arrow["norm_ratio"]]
        for arrow in answer["arrows"]
    ]


Expect = Callable[[Visit, State], Rows]

PAGES: dict[str, tuple[str, Expect, Sequence[int] | None]] = {
    "softmax": ("Probabilities", expect_softmax, None),
    "top-k": ("", expect_top_k, None),
    "nope": ("By position", expect_nope, None),
    "rope": ("Positions", expect_rope, None),
    # The page draws all laws at once; the mean-field law has an operator of its own.
    "batch-size": ("Best learning rate", expect_batch_size, (0, 5)),
    "low-rank": ("Errors at rank", expect_low_rank, (0, 1)),
    "vector-quantization": ("The gradient at z", expect_vector_quantization, (0, 1, 2, 3)),
}

# Values that differ from the examples, one control after the other.
MOVES = [
    ("softmax", {"x": "0.5, -1, 2, 2", "tau": "0.7", "alpha": "1.2", "k": "3", "degree": "4"}),
    ("softmax", {"noise": "gumbel"}),
    ("top-k", {"x": "1, 5, 2, 2.5, -3", "k": "3", "tau": "0.4"}),
    ("top-k", {"op": "exp"}),
    ("top-k", {"op": "sigmoid", "k": "1.5"}),
    ("top-k", {"op": "laplace", "k": "3"}),
    ("top-k", {"op": "iterated"}),
    ("top-k", {"op": "weighted", "tau": "0.1"}),
    ("top-k", {"op": "recursive"}),
    ("nope", {"length": "40", "dimension": "20", "sigma": "2", "mean": "0.5"}),
    ("nope", {"sharpness": "3", "layers": "2", "seed": "5"}),
    ("rope", {"scheme": "tie"}),
    ("rope", {"scheme": "mrope", "segments": "text 2, video 2x3x4, text 1"}),
    ("rope", {"scheme": "tie_equivalent", "segments": "image 5x2, text 3"}),
    ("rope", {"scheme": "flat"}),
    ("batch-size", {"D": "6", "O": "12", "kappa2": "20", "G1": "2", "beta1": "0.9", "B": "64"}),
    ("low-rank", {"r": "7", "size": "20", "rank": "3", "noise": "0.2", "seed": "4"}),
    ("low-rank", {"source": "clustered"}),
    ("low-rank", {"source": "entries", "r": "2", "entries": "3 0 1; 4 5 1; 1 1 1"}),
    ("vector-quantization", {"z": "-1, 0.4", "codes": "1, 0; -1, 1; 0, -1.5", "angle": "-35"}),
]


def make_png(width: int, height: int) -> bytes:
    """A picture whose left half is black and whose right half is white."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    row = b"\0" + bytes(0 if x < width // 2 else 255 for x in range(width))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    lines = zlib.compress(row * height)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
    )


def check_numbers(page: Visit, slug: str) -> None:
    caption, expect, columns = PAGES[slug]
    shown = [[parse_cell(cell) for cell in row] for row in page.read_table(caption)]
    if columns is not None:
        shown = [[row[column] for column in columns] for row in shown]
    expected = expect(page, page.read_state())
    # CR, the last of the low-rank page, has no part in the comparison of REST.
    assert len(shown) - (slug == "low-rank") == len(expected)
    for shown_row, expected_row in zip(shown, expected, strict=False):
        pairs = zip(shown_row, expected_row, strict=True)
        assert all(is_near(cell, number) for cell, number in pairs), (shown_row, expected_row)


@pytest.mark.parametrize(("slug", "moves"), MOVES)
def test_each_control_changes_the_numbers_to_what_rest_answers(
    visit: OpenVisit, slug: str, moves: dict[str, str]
) -> None:
    page = visit(f"/operators/{slug}")
    page.wait_answered()
    check_numbers(page, slug)

    for name, value in moves.items():
        before = page.read_numbers()
        page.type_value(name, value)
        assert page.read_numbers() != before, name
        check_numbers(page, slug)


def test_bars_draw_the_numbers_of_the_table(visit: OpenVisit) -> None:
    page = visit("/operators/top-k?op=exp&k=3")
    page.wait_answered()

    drawn = page.read_plot("plot-p", trace=1)

    answer = page.ask("thre_top_k_exp", x=[3.0, 2.0, 1.0, 4.0], k=3)
    assert drawn == answer["p"]
    line = page.read_plot("plot-x", trace=1)
    assert line == [answer["threshold"]] * 2


@pytest.mark.parametrize("slug", ["softmax", "top-k"])
def test_a_bar_follows_the_arrow_keys(visit: OpenVisit, slug: str) -> None:
    page = visit(f"/operators/{slug}")
    page.wait_answered()
    handle = page.page.get_by_role("slider", name="1", exact=False).and_(
        page.page.locator(".handle")
    )
    first = float(page.read_state()["x"].split(",")[0])

    page.press(handle.first, "ArrowUp")
    page.press(handle.first, "PageUp")

    assert float(page.read_state()["x"].split(",")[0]) == pytest.approx(first + 0.55)
    assert float(handle.first.get_attribute("aria-valuenow") or "nan") == pytest.approx(
        first + 0.55
    )
    assert "x=" in page.page.url
    check_numbers(page, slug)


def test_a_bar_follows_the_pointer(visit: OpenVisit) -> None:
    page = visit("/operators/top-k")
    page.wait_answered()
    before = page.count_answers()
    box = page.page.locator(".handle").nth(1).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x, y - 20, steps=4)
    page.page.mouse.move(x, y - 40, steps=4)
    page.page.mouse.up()
    page.wait_next(before)

    moved = [float(entry) for entry in page.read_state()["x"].split(",")]
    assert moved[1] > 2.3
    assert [moved[0], *moved[2:]] == [3.0, 1.0, 4.0]
    assert "x=" in page.page.url
    check_numbers(page, "top-k")


def test_the_point_of_the_hyperbola_moves_the_batch_size(visit: OpenVisit) -> None:
    page = visit("/operators/batch-size")
    page.wait_answered()

    page.press(page.page.locator(".handle"), "ArrowRight")

    assert float(page.read_state()["B"]) > 50
    check_numbers(page, "batch-size")


def test_the_segment_editor_writes_the_sequence(visit: OpenVisit) -> None:
    page = visit("/operators/rope")
    page.wait_answered()
    before = page.count_answers()

    page.page.get_by_role("button", name="+ video").click()
    page.wait_next(before)
    page.page.get_by_role("spinbutton", name="Segment 4, video: frames").fill("2")
    page.wait_next(before + 1)
    page.page.get_by_role("button", name="Move segment 2 up").click()
    page.wait_next(before + 2)
    page.page.get_by_role("button", name="Remove segment 3").click()
    page.wait_next(before + 3)

    assert page.read_state()["segments"] == "image 3x2, text 4, video 3x2x2"
    check_numbers(page, "rope")


def test_a_refusal_is_said_and_the_last_answer_stays(visit: OpenVisit) -> None:
    page = visit("/operators/top-k")
    page.wait_answered()
    page.allow_refusals()
    numbers, before = page.read_numbers(), page.count_answers()

    page.form.locator("[name=k]").fill("7")
    page.wait_next(before, status="refused")

    assert "k" in page.read_warnings()
    assert page.read_numbers() == numbers
    page.form.locator("[name=x]").fill("1, two")
    page.wait_next(before + 1, status="refused")
    assert "“two” is not a number" in page.read_warnings()


def test_a_late_answer_to_an_old_state_is_dropped(visit: OpenVisit) -> None:
    page = visit("/operators/top-k")
    page.wait_answered()
    before = page.count_answers()
    held: list[object] = []

    def hold_first(route: object) -> None:
        held.append(route)

    page.page.route("**/api/v1/operators/thre_top_k_exp", hold_first)
    page.form.locator("[name=op]").select_option("exp")
    page.page.wait_for_timeout(300)
    assert held

    page.type_value("op", "laplace")

    page.page.unroute_all()
    assert page.count_answers() == before + 1
    check_numbers(page, "top-k")


def test_many_moves_make_few_questions(visit: OpenVisit) -> None:
    page = visit("/operators/top-k")
    page.wait_answered()
    asked, before = len(page.asked), page.count_answers()

    slider = page.form.locator("input[data-pair=tau]")
    slider.focus()
    slider.evaluate(
        """slider => { for (let step = 1; step <= 50; step += 1) {
            slider.value = Number(slider.value) + 1;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
        } }"""
    )
    page.wait_next(before)

    assert len(page.asked) - asked <= 4
    check_numbers(page, "top-k")


def test_z_and_codes_are_moved_by_key_and_by_the_ratio(visit: OpenVisit) -> None:
    page = visit("/operators/vector-quantization")
    page.wait_answered()

    page.press(page.page.get_by_role("button", name="z, at"), "ArrowLeft")
    page.press(page.page.get_by_role("button", name="Code 2, at"), "ArrowDown")

    assert page.read_state()["z"] == "0.75, 0.3"
    assert page.read_state()["codes"].startswith("0, 0; 1, 0; 0, 1.95;")
    page.press(page.page.get_by_role("slider", name="|q|/|z|"), "End")
    x, y = parse_vector(page.read_state()["z"])
    assert y / x == pytest.approx(0.3 / 0.75, rel=1e-2)
    assert math.hypot(x, y) == pytest.approx(0.1, rel=1e-2)
    check_numbers(page, "vector-quantization")


def test_a_matrix_can_be_brought_along(visit: OpenVisit, tmp_path: Path) -> None:
    page = visit("/operators/low-rank?r=1")
    page.wait_answered()
    table, text = tmp_path / "matrix.csv", tmp_path / "broken.json"
    table.write_text("3,0\n4,5\n", encoding="utf-8")
    text.write_text('{"matrix": [[1, 2], [3]]}', encoding="utf-8")

    before = page.count_answers()
    page.form.locator("input[type=file]").set_input_files(table)
    page.wait_next(before)

    assert page.read_state()["source"] == "entries"
    assert page.read_table("Errors at rank 1")[0][2] == "5"
    check_numbers(page, "low-rank")
    page.form.locator("input[type=file]").set_input_files(text)
    page.wait_next(before + 1, status="refused")
    assert "Row 2 has 1 numbers and the first 2" in page.read_warnings()


def test_a_picture_becomes_a_grey_matrix(visit: OpenVisit, tmp_path: Path) -> None:
    page = visit("/operators/low-rank")
    page.wait_answered()
    picture = tmp_path / "picture.png"
    picture.write_bytes(make_png(60, 30))

    before = page.count_answers()
    page.form.locator("input[type=file]").set_input_files(picture)
    page.wait_next(before)

    assert page.read_state()["source"] == "upload"
    heights = page.page.evaluate("document.getElementById('plot-matrix').data[0].z.length")
    assert heights == 24
    singular = page.read_table("Singular values")
    assert float(singular[1][1]) < 1e-3 * float(singular[0][1])
