"""Operators of seven posts of mathematics: pure numpy and scipy, no state, explicit generators."""
