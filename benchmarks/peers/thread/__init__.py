"""A thread an event, begun when the transaction is committed."""
