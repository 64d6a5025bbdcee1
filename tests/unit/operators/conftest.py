"""Property tests of the operators run without a time limit for each example."""

from hypothesis import settings

# A machine that does something else for 200 ms is no defect of an operator; how fast the operators
# are is measured by the benches.
settings.register_profile("operators", deadline=None)
settings.load_profile("operators")
