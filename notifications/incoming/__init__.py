"""Mail that comes in: what takes it from the mail server, and who decides about it by its address.

receiving.py   one message and the addresses it was for: who answers to them, and what the server is told
addresses.py   the address that a mail is answered to: signed, for one person and one mail
letter.py      a message as it came, as far as anybody may rely on what it says
trust.py       whether a person wrote it, and that person
words.py       what they wrote, without what their program put around it (html_text.py: in HTML alone)
answers.py     an answer to a mail becomes what it would be on the page, or is refused with a reason
reports.py     what a mail server, or a provider whose users complain, says became of a mail
bounce_addresses.py  where it is said: signed, for one mail and whom it went to
bounces.py     such a report is held against the address
provider.py    the same from the provider that sends our mail, by its webhooks
refusing.py    the reason, in a mail to whoever answered
mailbox.py     the same from a mailbox, by IMAP
"""
