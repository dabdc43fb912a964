"""What the tests stand on: the two runs of bin/test, the browser, and the list of what was left unrun."""
