"""The seven operator pages: what each is called, what one learns there, and its presets."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Preset:
    """A state of a page worth seeing.

    Attributes:
        name: what a reader chooses.
        query: the state as the query of an address; empty for the page's own default.
    """

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class OperatorPage:
    """One page.

    Attributes:
        slug: its name in the address, and that of its template and module.
        title: its heading.
        post: number of the post at kexue.fm that it follows.
        day: when that post appeared.
        more_posts: further posts that it draws on.
        learn: what one can learn there, for the index.
        presets: states worth seeing, the default first.
    """

    slug: str
    title: str
    post: int
    day: date
    more_posts: tuple[int, ...]
    learn: str
    presets: tuple[Preset, ...]

    @property
    def address(self) -> str:
        """The page without a state."""
        return f"/operators/{self.slug}"


def _preset(name: str, /, **state: str | float) -> Preset:
    return Preset(name, urlencode(state))


PAGES = (
    OperatorPage(
        slug="softmax",
        title="Softmax and its alternatives",
        post=10145,
        day=date(2024, 6, 14),
        more_posts=(6620, 9085),
        learn="Six ways from scores to probabilities: which keep the order, which reach zero, "
        "and what that does to the gradient.",
        presets=(
            _preset("three scores"),
            _preset("entmax at the boundary", x="2, 0", alpha=1.5),
            _preset("Taylor turns the order around", x="-3, -1, 0", degree=2),
            _preset("huge offset", x="10001, 10002, 10003"),
            _preset("a margin won", x="5, 0, 0"),
            _preset("cold", x="3, 2, 1, 4", tau=0.1),
            _preset("ties", x="1, 1, 1, 0", k=2),
        ),
    ),
    OperatorPage(
        slug="top-k",
        title="Smooth top-k",
        post=10373,
        day=date(2024, 9, 19),
        more_posts=(6620, 3290),
        learn="Softmax for more than one winner: four operators that sum to k, two that do not "
        "quite work, and how to see the difference.",
        presets=(
            _preset("four scores, two chosen"),
            _preset("weighted iteration", op="weighted", tau=0.1),
            _preset("weighted, out of order", op="weighted", k=3),
            _preset("the author’s iteration above 1", op="iterated", k=3),
            _preset(
                "recursion at large spread",
                op="recursive",
                x="9.4, -6.1, 14.8, 0.7, -12.9, 3.3, -2.2, 7.5, -9.6, 11.2, -15.4, 5.1, 1.8, -4.4, "
                "-0.9, 16.7, -7.8, 2.6, 8.3, -11.5, 13.1, -3.6, -18.2, 6.4",
                k=10,
                tau=0.5,
            ),
            _preset("Laplace at k = 1", op="laplace", k=1),
            _preset("Laplace, threshold below all", op="laplace", x="0, 0.1, 0.2, 0.3", k=3),
            _preset("ties", op="exp", x="1, 1, 1, 1"),
            _preset("k = n", op="sigmoid", k=4),
            _preset("k = 1.5", op="sigmoid", k=1.5),
        ),
    ),
    OperatorPage(
        slug="nope",
        title="Attention without positions",
        post=10347,
        day=date(2024, 9, 1),
        more_posts=(),
        learn="A causal model without position encoding still knows where it is, by the length of "
        "its vectors; see how fast that knowledge blurs.",
        presets=(
            _preset("uniform attention"),
            _preset("NoPE, long input", length=512),
            _preset("sharp attention", sharpness=4),
            _preset("values with a mean", mean=0.7),
            _preset("four layers", layers=4),
            _preset("few dimensions", dimension=8),
        ),
    ),
    OperatorPage(
        slug="rope",
        title="Positions of text, images and video",
        post=10352,
        day=date(2024, 9, 6),
        more_posts=(10040,),
        learn="Where rotary schemes put a patch between two texts, and which of three principles "
        "each scheme keeps.",
        presets=(
            _preset("text, image, text"),
            _preset("RoPE-Tie and its principles", scheme="tie"),
            _preset("flattened", scheme="flat", segments="text 4, image 6x4, text 4"),
            _preset("16 × 16 patches", segments="text 10, image 16x16, text 8"),
            _preset("one row", segments="text 5, image 4x1, text 4"),
            _preset("one patch is one token", segments="text 3, image 1x1, text 3"),
            _preset("two images", segments="text 3, image 3x3, text 1, image 5x2, text 3"),
            _preset("video", segments="text 2, video 3x2x4, text 3", scheme="tv"),
            _preset(
                "long thin video, M-RoPE",
                segments="text 2, video 2x2x12, text 3",
                scheme="mrope",
            ),
        ),
    ),
    OperatorPage(
        slug="batch-size",
        title="Learning rate against batch size",
        post=10542,
        day=date(2024, 11, 14),
        more_posts=(10563, 11260, 11280, 11301),
        learn="Why the best learning rate first grows with the batch and then stops, or with Adam "
        "even falls: the surge.",
        presets=(
            _preset("surge"),
            _preset("no surge: diagonal Hessian", O=0),
            _preset("no surge: beta above 1", O=2),
            _preset("negative couplings", O=-3),
            _preset("momentum 0.95", beta1=0.95),
            _preset("a large epsilon tames it", eps=3),
            _preset("little noise", kappa2=1),
        ),
    ),
    OperatorPage(
        slug="low-rank",
        title="Low-rank approximation",
        post=10427,
        day=date(2024, 10, 11),
        more_posts=(10366, 10407, 10501, 10662),
        learn="How near columns, rows or a few products of a matrix come to the best that any "
        "factors of that rank could do.",
        presets=(
            _preset("low rank and noise"),
            _preset(
                "norm is not merit",
                source="entries",
                entries="1 1 1 1 0; 0 0.1 -0.1 0 1.5",
                r=1,
            ),
            _preset("clustered columns", source="clustered", method="clusters", r=4),
            _preset("an image", source="picture", r=6),
            _preset("coefficients above 2", source="kahan", size=10, r=9),
            _preset("rank above the rank", source="entries", entries="1 2 3; 2 4 6; 1 1 1", r=3),
            _preset(
                "one entry spoils the intersection",
                source="entries",
                entries="1 2 3; 2 4 7; 1 1 1",
                method="given",
                r=2,
            ),
        ),
    ),
    OperatorPage(
        slug="vector-quantization",
        title="Vector quantisation",
        post=10489,
        day=date(2024, 10, 24),
        more_posts=(6760, 9826, 10519, 8453),
        learn="How a gradient gets past a nearest-neighbour choice, why codebooks collapse, and "
        "what rounding does instead.",
        presets=(
            _preset("five codes"),
            _preset("antipodal z and q", z="0.5, 0", codes="-0.5, 0"),
            _preset("q much shorter than z", z="1.6, 1.2", codes="0.2, 0.1"),
            _preset("z at the origin", z="0, 0"),
            _preset("a tie", z="0.5, 0", codes="0, 1; 1, 1; 0, -1"),
            _preset("even-L FSQ rounding", level1=6, level2=2, z="0, 0"),
            _preset("codes among the data", start="data"),
        ),
    ),
)  # fmt: skip
"""In the order of the index."""


def find_page(slug: str) -> OperatorPage | None:
    """The page of this name.

    >>> find_page("top-k").post
    10373
    """
    return next((page for page in PAGES if page.slug == slug), None)
