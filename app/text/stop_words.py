"""English words too frequent to tell papers apart; neither indexed nor searched."""

import re

STOP_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        """
        a about above after again against all also am among an and any are as at
        be because been before being below between both but by
        can cannot could did do does doing down during each either
        few for from further had has have having he hence her here hers him his how however
        i if in into is it its itself just
        me more moreover most my neither nor no not of off on once only or other our ours out over
        own same she should so some such than that the their theirs them themselves then there
        thereby therefore these they this those through thus to too
        under until up upon us very was we were what when where whereas whether which while who
        whom whose why will with within without would you your
        http https www
        """,
    )
)
