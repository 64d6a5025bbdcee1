"""The operators over REST: a catalogue of what there is, and a way to run each.

One file (or two) for each post says what its operators take and give and calls `app.operators`;
`catalogue` lists them, `running` bounds and answers a call, `routes` is the HTTP of it.
"""
