"""A name server on this machine that speaks DNS over UDP, and misbehaves on request."""

import socket
import threading
from dataclasses import dataclass, field
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

SILENCE, NONSENSE, SERVFAIL = "silence", "nonsense", "servfail"


@dataclass
class NameServer:
    """`zone` maps "name TYPE" to its records, as in zone files; `moods` a name to how it is answered."""

    zone: dict[str, list[str]] = field(default_factory=dict)
    moods: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def text(self, name: str, *records: str) -> None:
        """Cut into strings of 255, as one has to."""
        cut = [[record[i : i + 255] for i in range(0, len(record), 255)] or [""] for record in records]
        self.zone[f"{name} TXT"] = [" ".join(f'"{part}"' for part in parts) for parts in cut]

    def _serve(self) -> None:
        while True:
            wire, sender = self._socket.recvfrom(4096)
            if not wire:
                return
            answer = self._answer(dns.message.from_wire(wire))
            if answer is not None:
                self._socket.sendto(answer, sender)

    def _answer(self, query: dns.message.Message) -> bytes | None:
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{name} {kind}")
        mood = self.moods.get(name)
        if mood == SILENCE:
            return None
        if mood == NONSENSE:
            return query.to_wire()[:2] + b"\x81\x80\xff\xff nonsense \x1b[31m"
        response = dns.message.make_response(query)
        if mood == SERVFAIL:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif records := self.zone.get(f"{name} {kind}"):
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
        elif not any(known.split()[0] == name for known in self.zone):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()
