"""Mail that comes back, and people who do not want it: what is held against an address, and what follows.

causes.py       what a mail server's words say about an address: a table without queries
scoring.py      what that weighs, how it fades, and when it is enough: pure functions
suppressing.py  the rows: noting a bounce, the question whether mail may go, and letting it go again
"""
