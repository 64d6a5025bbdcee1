"""One core for each calculation. Importing this module has to come before importing numpy.

OpenBLAS, which numpy and scipy bring along, starts a thread for each core, and its threads wait
for each other by spinning. Matrices of a few hundred rows gain nothing from that, and beside
requests that keep the cores busy they are slower by more than ten times. Variables that are set
already are left alone.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")
