"""Garbage collection that does not stop answers: what a process keeps for good is not searched.

Libraries and compiled code leave some hundred thousand objects behind, and looking through all of
them takes 40 to 200 ms, in the middle of some answer. They are set aside once everything is loaded.
"""

import gc

YOUNG_OBJECTS = 10_000
"""New objects before the youngest are looked through; Python's own 700 suits small programs."""


def set_loaded_objects_aside() -> None:
    """Look through everything once; from now on only objects that come later are collected."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
