"""Words that tell where a family name begins: particles, and names that look like them."""


def word_set(text: str) -> frozenset[str]:
    """The words of a blank-separated text."""
    return frozenset(text.split())


PARTICLES = word_set(
    "'t ’t aan af al av auf bin ben bint d' da dal dalla das de degli dei del dela dell' della "
    "dello delle dem den der des di do dos du e el ibn il in la las le les lo los mac op san santa "
    "st ten ter te tom und van vaziri vande vander ver vom von vor y zu zum zur"
)
"""Words in lower case that begin a family name."""

CAPITAL_PARTICLES = word_set(
    "Al Da Dal Dalla De Degli Dei Del Dela Dell Della Delle Den Der Des Di Dos Du El La Las Le Lo "
    "Los Mac San Santa Te Ten Ter Van Vande Vander Von Zu Zur"
)
"""The same where the author writes a capital; only after a given name."""

AMBIGUOUS_PARTICLES = word_set("Van Le La Du Di Lo San Da De Te")
"""Also East Asian middle or family names."""

EAST_ASIAN_FAMILIES = word_set(
    "Bui Cao Chan Chang Chen Cheng Cheung Chu Dang Dao Dinh Do Doan Duong Fang Guo Ha Han He Ho "
    "Hoang Hsu Hu Huang Hung Huynh Jiang Kim Lai Lam Lau Le Lee Leung Li Liang Lin Liu Luo Luong "
    "Luu Ly Ma Mai Ngo Nguyen Pham Phan Phung Quach Song Sun Ta Tan Tang To Tong Tran Trinh Truong "
    "Vo Vu Wang Wei Wong Wu Xie Xu Yang Ye Yu Yuan Zhang Zhao Zheng Zhou Zhu"
)
"""Frequent families beside which a capital `Van`, `Le` or `Di` is no particle."""
