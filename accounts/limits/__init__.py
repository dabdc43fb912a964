"""How often somebody may try.

`attempts` counts, `whose` says on whose account, `guesses` judges passwords, and `in_allauth` has allauth's
pages count here too. The rates are `ACCOUNT_RATE_LIMITS` of the settings, in allauth's words: what comes by
pages, API or administration is counted by the same action in the same rows.
"""
