"""Proving it a second time: by the code of an app, a passkey, or one of the codes that were written down.

allauth keeps the rows (`Authenticator`) and has the stage between a password and coming in; its adapter keeps
what is secret encrypted. `actions` writes, `codes` judges what is typed and `passkeys` what a device
signed, wherever they are sent, and `entering` is the one way to a token of the API, so that none of them goes
around the second step.
"""
