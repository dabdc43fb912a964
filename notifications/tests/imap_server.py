"""A small IMAP server: what a collector of mail needs, over a real socket, and some bad manners."""

import re
import socketserver
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

USER, PASSWORD = "bell tower", 'pass"word'


@dataclass
class ImapServer:
    """`with ImapServer() as server:` listens on `server.port`; `folders` hold messages by their numbers."""

    capabilities: str = "IMAP4rev1 MOVE UIDPLUS NAMESPACE"
    prefix: str = ""
    drop_before: str = ""  # a command at which the link breaks
    drop_after: str = ""  # done, and never answered
    hang_at: str = ""
    folders: dict[str, dict[int, bytes]] = field(default_factory=lambda: {"INBOX": {}})
    deleted: set[int] = field(default_factory=set)  # marked, in INBOX
    asked: list[str] = field(default_factory=list)

    def put(self, *messages: bytes) -> None:
        inbox = self.folders["INBOX"]
        for message in messages:
            inbox[max(inbox, default=100) + 1] = message.replace(b"\n", b"\r\n")

    def held(self, name: str) -> int:
        return len(self.folders.get(self.prefix + name, {}))

    def __enter__(self) -> Self:
        handler = type("Session", (_Session,), {"server_state": self})
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"imap://bell%20tower:pass%22word@127.0.0.1:{self.port}"


class _GoneError(Exception):
    """The link is broken."""


class _Session(socketserver.StreamRequestHandler):
    server_state: ImapServer
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self._say(f"* OK [CAPABILITY {self.server_state.capabilities}] ready")
        try:
            while line := self.rfile.readline():
                self._serve(line.decode().strip())
        except (_GoneError, OSError):
            pass

    def _serve(self, line: str) -> None:
        tag, _space, rest = line.partition(" ")
        name, _space, rest = rest.partition(" ")
        if name.upper() == "UID":
            name, _space, rest = rest.partition(" ")
        name, state = name.upper(), self.server_state
        state.asked.append(name)
        if name == state.hang_at:
            threading.Event().wait(30)
        if name == state.drop_before:
            raise _GoneError
        said = getattr(self, f"_{name.lower()}")(rest) or "OK done"
        if name == state.drop_after:
            raise _GoneError
        self._say(f"{tag} {said}")
        if name == "LOGOUT":
            raise _GoneError

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def _capability(self, _rest: str) -> None:
        self._say(f"* CAPABILITY {self.server_state.capabilities}")

    def _login(self, rest: str) -> str:
        user, password = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', rest)
        given = ["".join(each).replace('\\"', '"') for each in (user, password)]
        return "OK in" if given == [USER, PASSWORD] else "NO [AUTHENTICATIONFAILED] who?"

    def _namespace(self, _rest: str) -> None:
        self._say(f'* NAMESPACE (("{self.server_state.prefix}" ".")) NIL NIL')

    def _select(self, rest: str) -> str:
        if _name(rest) not in self.server_state.folders:
            return "NO no such folder"
        self._say(f"* {len(self.server_state.folders['INBOX'])} EXISTS")
        return "OK [READ-WRITE] selected"

    def _examine(self, rest: str) -> str:
        return self._select(rest).replace("WRITE", "ONLY")

    def _create(self, rest: str) -> str:
        name, state = _name(rest), self.server_state
        if not name.startswith(state.prefix):
            return "NO not there"
        if name in state.folders:
            return "NO [ALREADYEXISTS] there"
        state.folders[name] = {}
        return ""

    def _search(self, _rest: str) -> None:
        state = self.server_state
        self._say(
            " ".join(["* SEARCH", *(str(uid) for uid in state.folders["INBOX"] if uid not in state.deleted)])
        )

    def _fetch(self, rest: str) -> None:
        uid, size = map(int, re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest).groups())  # type: ignore[union-attr]
        if (message := self.server_state.folders["INBOX"].get(uid)) is not None:
            part = message[:size]
            self._say(f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(part)}}}")
            self.wfile.write(part)
            self._say(")")

    def _copy(self, rest: str) -> str:
        uid, _space, name = rest.partition(" ")
        folder = self.server_state.folders.get(_name(name))
        if folder is None:
            return "NO [TRYCREATE] no such folder"
        if (message := self.server_state.folders["INBOX"].get(int(uid))) is not None:
            folder[len(folder)] = message
        return ""

    def _move(self, rest: str) -> str:
        said = self._copy(rest)
        if not said:
            self._expunge(rest.partition(" ")[0])
        return said

    def _store(self, rest: str) -> None:
        self.server_state.deleted.add(int(rest.partition(" ")[0]))

    def _expunge(self, rest: str) -> None:
        self.server_state.folders["INBOX"].pop(int(rest), None)

    def _logout(self, _rest: str) -> None:
        self._say("* BYE")


def _name(quoted: str) -> str:
    return quoted.strip('"')
