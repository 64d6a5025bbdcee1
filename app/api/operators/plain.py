"""From arrays and results of the library to what JSON can hold."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt


def make_plain(value: object) -> tuple[object, bool]:
    """The value as lists, dicts, numbers and None, and whether a number had to become None.

    JSON has no NaN and no infinity: both become None. Arrays of integers and flags stay what they
    are; dataclasses become dicts.

    >>> make_plain({"p": np.array([0.5, np.nan])})
    ({'p': [0.5, None]}, True)
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return _plain_dict({name: getattr(value, name) for name in names})
    if isinstance(value, dict):
        return _plain_dict(value)
    if isinstance(value, list | tuple):
        parts = [make_plain(part) for part in value]
        return [part for part, _ in parts], any(has_null for _, has_null in parts)
    if isinstance(value, float) and not math.isfinite(value):
        return None, True
    return value, False


def _plain_dict(value: Mapping[str, object]) -> tuple[object, bool]:
    named = {name: make_plain(part) for name, part in value.items()}
    has_null = any(has_null for _, has_null in named.values())
    return {name: part for name, (part, _) in named.items()}, has_null


def _plain_array(array: npt.NDArray[Any]) -> tuple[object, bool]:
    if array.dtype.kind != "f":
        return array.tolist(), False
    finite = np.isfinite(array)
    if finite.all():
        # 0.0 + x: no negative zeros, which readers would take for something.
        return (array + 0.0).tolist(), False
    with_nulls = array.astype(np.object_)
    with_nulls[~finite] = None
    return with_nulls.tolist(), True
