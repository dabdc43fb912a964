"""The ways in that are open: browsers in which somebody is signed in, and tokens of the API.

`browsers` and `tokens` keep what the person is shown of each: on what device, from where, and when it was
used last. `listing` shows them, `ending` ends them. What opens a door is kept by Django and knox; a row here
that is missing or too many lets nobody in.
"""
