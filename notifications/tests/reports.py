"""Reports as mail servers and providers write them. `{to}` is the address that they come to."""

from email.message import EmailMessage

POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@mx.lists.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-Id: <20261125080000.4B1C2@mx.lists.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4B1C2.1/mx"

This is a MIME-encapsulated message.

--4B1C2.1/mx
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.lists.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<alice@example.com>: host mx.example.com[192.0.2.25] said: {said}
    (in reply to RCPT TO command)

--4B1C2.1/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.lists.example
X-Postfix-Queue-ID: 4B1C2
X-Postfix-Sender: rfc822; {to}
Arrival-Date: Wed, 25 Nov 2026 08:00:00 +0000 (UTC)

Final-Recipient: rfc822; alice@example.com
Original-Recipient: rfc822;alice@example.com
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.com
Diagnostic-Code: smtp; {said}

--4B1C2.1/mx
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <{to}>
From: Belltower <bell@lindenhof.example>
To: alice@example.com

--4B1C2.1/mx--
"""

EXIM = """\
Return-path: <>
X-Failed-Recipients: alice@example.com
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@relay.example>
To: {to}
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1abcd-0001@relay.example>
Date: Wed, 25 Nov 2026 08:00:00 +0000

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  alice@example.com
    host mx.example.com [192.0.2.25]
    SMTP error from remote mail server after RCPT TO:<alice@example.com>:
    550 5.1.1 <alice@example.com> no such user

------ This is a copy of the message, including all the headers. ------

Return-path: <{to}>
"""

QMAIL = """\
Return-Path: <>
From: MAILER-DAEMON@qmail.example
To: {to}
Subject: failure notice
Date: 25 Nov 2026 08:00:00 -0000

Hi. This is the qmail-send program at qmail.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<alice@example.com>:
192.0.2.25 does not like recipient.
Remote host said: 550 no such user here
Giving up on 192.0.2.25.

--- Below this line is a copy of the message.

Return-Path: <{to}>
"""

COMPLAINT = """\
Return-Path: <>
From: <feedback@arf.provider.example>
To: {to}
Subject: FW: Earn money
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

--part1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received from IP 192.0.2.1.

--part1
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{sender}>
Original-Rcpt-To: <redacted@example.com>
Arrival-Date: Wed, 25 Nov 2026 08:00:00 +0000
Source-IP: 192.0.2.1

--part1
Content-Type: {kind}
Content-Disposition: inline

Return-Path: <{path}>
From: Belltower <bell@lindenhof.example>
To: redacted@example.com
Subject: Ben liked your post

--part1--
"""


def postfix(to: str, said: str, status: str = "5.0.0", action: str = "failed") -> bytes:
    return POSTFIX.format(to=to, said=said, status=status, action=action).encode()


def complaint(
    to: str, sender: str = "", *, path: str = "", feedback: str = "abuse", kind: str = "message/rfc822"
) -> bytes:
    return COMPLAINT.format(to=to, sender=sender, path=path, feedback=feedback, kind=kind).encode()


def out_of_office(to: str, **headers: str) -> bytes:
    message = EmailMessage()
    usual = {
        "From": "alice@example.com", "To": to, "Subject": "Out of office", "Message-ID": "<1@example.com>",
        "Return-Path": "<>", "Auto-Submitted": "auto-replied (vacation)",
    }  # fmt: skip
    for name, value in (usual | headers).items():
        message[name.replace("_", "-")] = value
    message.set_content("I am away until Monday. 550 5.1.1 is the number of my room; the user unknown to me.")
    return message.as_bytes()
