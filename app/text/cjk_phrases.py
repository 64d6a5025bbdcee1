"""Chinese phrases without a dictionary: what stands between function words, and what recurs.

A run of characters (with Latin words in it, as in Lyapunov函数) is cut at function words and at
the words that every abstract has. A piece is a candidate; so is a part of it that occurs at
least twice in the text and is not always part of the same longer one.
"""

import re
from collections import Counter
from collections.abc import Iterator

MAX_PIECE_UNITS = 10
"""Characters, and Latin words, of the longest candidate."""

MIN_PHRASE_CHARS = 2
MIN_REPEATS = 2

_CHARACTER = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LATIN = r"[A-Za-z0-9α-ωΑ-Ω]++(?:[-.][A-Za-z0-9]++)*+"
_HAS_CHARACTER = re.compile(f"[{_CHARACTER}]")
_RUN = re.compile(rf"(?:{_LATIN}|[{_CHARACTER}])++")
_UNIT = re.compile(rf"{_LATIN}|[{_CHARACTER}]")

_CUT_WORDS = re.findall(
    r"\S+",
    """
    的 了 和 与 及 或 在 是 对 为 以 从 到 由 被 把 将 使 让 而 但 且 并 也 都 就 还 又 其 该
    此 这 那 之 于 所 等 中 不 未 有 各 每 某 很 更 最 较 只 可 能 会 要 应 需 通过 利用 采用
    采取 使用 应用 运用 基于 根据 针对 关于 对于 随着 按照 作为 为了 由于 因此 因而 所以 如果
    虽然 然而 并且 以及 或者 其中 其他 其它 同时 此外 首先 其次 最后 目前 本文 文章 作者 研究
    探讨 讨论 介绍 提出 给出 建立 实现 进行 得到 获得 表明 结果 说明 发现 显示 存在 具有 提高
    降低 增加 减少 改善 考虑 解决 问题 方法 目的 结论 一种 一个 两种 两个 三种 不同 主要 重要
    相关 有效 明显 显著 良好 较好 较高 新的 进一步 例 年 月 日 后 前 内 间 时 比较 观察 选择
    随机 分为 分别 差异 统计学意义 指标 水平 情况 方面 过程 作用 特点 特征 关系 条件 需要 可以
    能够 已 经 来 去 用 做 作 地 得 着 过 如 何 即 则 若 因 故 向 自 至 综述 总结 指出 阐述
    论述 本 我国 国内外 近年 现状 趋势 现有 传统 实际 结合 构建 探索 基础 意义 必要
    """,
)
"""Function words, and what every abstract says."""

_CUTS = re.compile("|".join(sorted(_CUT_WORDS, key=len, reverse=True)))


def has_cjk(text: str) -> bool:
    """Whether the text holds a Chinese character or kana."""
    return not text.isascii() and _HAS_CHARACTER.search(text) is not None


def remove_cjk(text: str) -> str:
    """The text with a full stop in place of every run that holds Chinese."""
    return _RUN.sub(lambda run: " . " if has_cjk(run[0]) else run[0], text)


def list_cjk_phrases(text: str) -> dict[str, tuple[int, int]]:
    """Phrases of the Chinese runs of a text -> occurrences, and units before the first one.

    >>> list_cjk_phrases("基于知识蒸馏的图像分类")
    {'知识蒸馏': (1, 0), '图像分类': (1, 4)}
    """
    pieces = [piece for run in filter(has_cjk, _RUN.findall(text)) for piece in _split_run(run)]
    counts = Counter(part for piece in pieces for _place, part in _iter_parts(piece))
    phrases: dict[str, tuple[int, int]] = {}
    offset = 0
    for piece in pieces:
        chars = sum(map(len, piece))
        for place, part in _iter_parts(piece):
            is_whole = len(part) == chars
            if part not in phrases and (is_whole or counts[part] >= MIN_REPEATS):
                phrases[part] = (counts[part], offset + place)
        offset += len(piece)
    hidden = _list_hidden(phrases)
    return {part: found for part, found in phrases.items() if part not in hidden}


def _split_run(run: str) -> Iterator[list[str]]:
    for piece in _CUTS.split(run):
        units = _UNIT.findall(piece)
        if units:
            yield units


def _iter_parts(piece: list[str]) -> Iterator[tuple[int, str]]:
    for first in range(len(piece)):
        for last in range(first + 1, min(len(piece), first + MAX_PIECE_UNITS) + 1):
            part = "".join(piece[first:last])
            if len(part) >= MIN_PHRASE_CHARS and not part.isascii():
                yield first, part


def _list_hidden(phrases: dict[str, tuple[int, int]]) -> set[str]:
    """Phrases that occur no more often than a longer one that holds them."""
    return {
        longer[first:last]
        for longer, (count, _place) in phrases.items()
        for first in range(len(longer))
        for last in range(first + MIN_PHRASE_CHARS, len(longer) + 1)
        if last - first < len(longer)
        and longer[first:last] in phrases
        and phrases[longer[first:last]][0] <= count
    }
