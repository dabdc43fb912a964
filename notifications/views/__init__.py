"""The pages of the engine: the inbox, the bell, the preferences, and the way out of mails."""
