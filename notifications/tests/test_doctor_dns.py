"""What `manage.py doctor` makes of the sender's DNS records, asked of a server that speaks the protocol."""

import base64
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pytest_django import Settings

from notifications.doctor import dkim, dmarc, spf
from notifications.doctor.asking import Asking, Options, split_address
from notifications.doctor.examination import Look
from notifications.doctor.finding import Finding, Level, presentable

from .name_server import NONSENSE, SERVFAIL, SILENCE, NameServer

DER = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
KEYS = {bits: rsa.generate_private_key(65537, bits).public_key().public_bytes(*DER) for bits in (1024, 2048)}
CURVE = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(*DER)
ED25519 = (
    ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))  # the same for all workers: it names a test
    .public_key()
    .public_bytes(Encoding.Raw, PublicFormat.Raw)
)
OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE


@pytest.fixture(autouse=True)
def sender(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Lindenhof <bell@lindenhof.example>"
    settings.BOUNCE_ADDRESS = ""


@pytest.fixture(scope="module")
def server() -> Iterator[NameServer]:
    with NameServer() as server:
        yield server


@pytest.fixture
def names(server: NameServer) -> NameServer:
    for kept in (server.zone, server.moods, server.asked):
        kept.clear()
    return server


def found(look: Look, names: NameServer, **options: str | float) -> Finding:
    """The one thing that a check says."""
    [finding] = look(Asking(Options(resolver=names.address, **options)))  # type: ignore[arg-type]
    return finding


@pytest.mark.parametrize(
    ("records", "level", "words"),
    [
        ([], FAILURE, "no SPF record"),
        (["something else"], FAILURE, "no SPF record"),
        (["v=spf10 -all"], FAILURE, "no SPF record"),
        (["v=spf1 -all", "V=SPF1 ~all"], FAILURE, "2 SPF records"),
        (["v=spf1 ip4:192.0.2.0/24 -all"], OK, "0 of 10 look-ups"),
        (["v=spf1 ip6:2001:db8::/32 ~all", "other"], OK, "~all"),
        (["v=spf1 ip4:192.0.2.1"], WARNING, "forbids nobody"),
        (["v=spf1 ?all"], WARNING, "forbids nobody"),
        (["v=spf1 +all"], FAILURE, "anybody may send"),
        (["v=spf1 all"], FAILURE, "anybody may send"),
        (["v=spf1 ptr -all"], WARNING, "ptr"),
        (["v=spf1 ip4:192.0.2.999 -all"], FAILURE, "no term"),
        (["v=spf1 ip4:2001:db8::1 -all"], FAILURE, "no term"),
        (["v=spf1 includes:a.example -all"], FAILURE, "no term"),
        (["v=spf1 include: -all"], FAILURE, "no term"),
        (["v=spf1 redirect= "], FAILURE, "no term"),
        (["v=spf1 x-own=1 exists:%{i}.a.example -all"], OK, "1 of 10"),
        (["v=spf1 include:gone.example -all"], FAILURE, "gone.example"),
        (["v=spf1 a:x.example a:y.example a:z.example -all"], FAILURE, "find nothing"),
        (["v=spf1 include:lindenhof.example -all"], FAILURE, "more than 10"),
        (["v=spf1 \\001\\255 -all"], FAILURE, "no term"),
        (["v=spf1 " + "ip4:192.0.2.1 " * 40 + "-all"], OK, "0 of 10"),
    ],
)
def test_an_spf_record_is_judged(names: NameServer, records: list[str], level: Level, words: str) -> None:
    if records:
        names.text("lindenhof.example", *records)
    finding = found(spf.check, names)
    assert (finding.level, words in finding.seen) == (level, True), finding


@pytest.mark.parametrize(("includes", "level"), [(9, OK), (10, FAILURE)])
def test_look_ups_are_counted_through_includes_and_redirects(
    names: NameServer, includes: int, level: Level
) -> None:
    """One for the redirect, and one for each include, however deep."""
    names.text("lindenhof.example", "v=spf1 redirect=p0.example")
    for n in range(includes):
        names.text(f"p{n}.example", f"v=spf1 include:p{n + 1}.example -all")
    names.text(f"p{includes}.example", "v=spf1 ip4:192.0.2.1 ?all")
    finding = found(spf.check, names)
    assert finding.level == level
    assert ("10 of 10" in finding.seen) == (level == OK)


def test_spf_is_that_of_the_envelope(names: NameServer, settings: Settings) -> None:
    settings.BOUNCE_ADDRESS = "bounce@lists.lindenhof.example"
    names.text("lists.lindenhof.example", "v=spf1 a mx -all")
    names.zone["lists.lindenhof.example A"] = ["192.0.2.1"]
    names.zone["lists.lindenhof.example MX"] = [f"{n} mx{n}.example." for n in range(10)]
    assert found(spf.check, names).seen.startswith("lists.lindenhof.example: 2 of 10")
    names.zone["lists.lindenhof.example MX"].append("11 mx11.example.")
    assert found(spf.check, names).level == FAILURE


@pytest.mark.parametrize("mood", [SILENCE, NONSENSE, SERVFAIL])
@pytest.mark.parametrize("look", [spf.check, dkim.check, dmarc.check])
def test_a_name_server_that_is_of_no_use_is_said_to_be_so(names: NameServer, mood: str, look: Look) -> None:
    for name in ("lindenhof.example", "s1._domainkey.lindenhof.example", "_dmarc.lindenhof.example"):
        names.moods[name] = mood
    finding = found(look, names, dkim_selector="s1", seconds=0.3)
    assert finding.level == FAILURE
    assert "no usable answer" in finding.seen


def key(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    ("record", "level", "words"),
    [
        (f"v=DKIM1; k=rsa; p={key(KEYS[2048])}", OK, "2048 bits"),
        (f"p={key(KEYS[2048])[:40]} {key(KEYS[2048])[40:]}; n=wrapped", OK, "2048 bits"),
        (f"v=DKIM1; p={key(KEYS[1024])}", WARNING, "1024 bits"),
        (f"v=DKIM1; t=y:s; p={key(KEYS[2048])}", WARNING, "t=y"),
        (f"v=DKIM1; k=ed25519; p={key(ED25519)}", WARNING, "Ed25519"),
        ("v=DKIM1; p=", FAILURE, "revoked"),
        ("v=DKIM1; k=rsa", FAILURE, "no DKIM key"),
        (f"v=DKIM2; p={key(KEYS[2048])}", FAILURE, "no DKIM key"),
        (f"v=DKIM1; p={key(KEYS[2048])[:99]}", FAILURE, "cannot be read"),
        ("v=DKIM1; k=ed25519; p=AAAA", FAILURE, "cannot be read"),
        (f"v=DKIM1; p={key(CURVE)}", FAILURE, "a kind"),
        (f"v=DKIM1; h=sha1; p={key(KEYS[2048])}", FAILURE, "sha256"),
        (f"v=DKIM1; s=web; p={key(KEYS[2048])}", FAILURE, "not for email"),
        ("", FAILURE, "no key"),
    ],
)
def test_a_dkim_key_is_judged(names: NameServer, record: str, level: Level, words: str) -> None:
    if record:
        names.text("s1._domainkey.lindenhof.example", record)
    finding = found(dkim.check, names, dkim_selector="s1")
    assert (finding.level, words in finding.seen) == (level, True), finding


def test_without_a_selector_nothing_is_asked(names: NameServer) -> None:
    assert found(dkim.check, names).level == WARNING
    assert names.asked == []


@pytest.mark.parametrize(
    ("zone", "level", "words"),
    [
        ({}, WARNING, "no"),
        ({"lindenhof.example": ["v=DMARC1; p=reject"]}, OK, "p=reject"),
        ({"lindenhof.example": ["v=DMARC1; p=none"]}, WARNING, "p=none"),
        ({"lindenhof.example": ["v=DMARC1; p=what"]}, FAILURE, "no policy"),
        ({"lindenhof.example": ["v=DMARC1"]}, FAILURE, "no policy"),
        ({"lindenhof.example": ["v=DMARC1; p=reject; pct=10"]}, WARNING, "a part"),
        ({"lindenhof.example": ["v=DMARC1; p=reject", "v=DMARC1; p=none"]}, FAILURE, "several"),
        ({"lindenhof.example": ["v=spf1 -all", "v=DMARC1; p=quarantine"]}, OK, "p=quarantine"),
        ({"example": ["v=DMARC1; p=reject; sp=none"]}, WARNING, "sp=none"),
    ],
)
def test_a_dmarc_record_is_judged(
    names: NameServer, zone: dict[str, list[str]], level: Level, words: str
) -> None:
    for domain, records in zone.items():
        names.text(f"_dmarc.{domain}", *records)
    finding = found(dmarc.check, names)
    assert (finding.level, words in finding.seen) == (level, True), finding


@pytest.mark.parametrize(
    ("bounce", "records", "level"),
    [
        ("", {}, OK),
        ("b@lists.lindenhof.example", {"lindenhof.example": "v=DMARC1; p=reject"}, OK),
        ("b@lists.lindenhof.example", {"lindenhof.example": "v=DMARC1; p=reject; aspf=s"}, WARNING),
        ("b@lists.lindenhof.example", {}, WARNING),
        ("b@other.example", {"lindenhof.example": "v=DMARC1; p=reject"}, WARNING),
        # A public suffix makes nobody one organisation with its neighbours.
        ("b@other.example", {"example": "v=DMARC1; p=reject; psd=y"}, WARNING),
    ],
)
def test_the_envelope_is_aligned_or_not(
    names: NameServer, settings: Settings, bounce: str, records: dict[str, str], level: Level
) -> None:
    settings.BOUNCE_ADDRESS = bounce
    for domain, record in records.items():
        names.text(f"_dmarc.{domain}", record)
    assert found(dmarc.check_alignment, names).level == level


@pytest.mark.parametrize(
    "sender", ["", "nobody", "x@localhost", "x@" + "ü" * 80 + ".example", "x@a..example"]
)
def test_a_sender_that_is_none_breaks_nothing(names: NameServer, settings: Settings, sender: str) -> None:
    settings.DEFAULT_FROM_EMAIL = sender
    for look in (spf.check, dkim.check, dmarc.check, dmarc.check_alignment):
        assert all(
            finding.level != OK
            for finding in look(Asking(Options(resolver=names.address, dkim_selector="s")))
        )


@pytest.mark.parametrize(
    ("given", "host", "port"),
    [("::1", "::1", 53), ("[::1]:5353", "::1", 5353), ("[::1]", "::1", 53), ("192.0.2.1", "192.0.2.1", 53),
     ("192.0.2.1:54", "192.0.2.1", 54)],
)  # fmt: skip
def test_the_address_of_a_name_server(given: str, host: str, port: int) -> None:
    assert split_address(given) == (host, port)


def test_what_strangers_say_is_one_harmless_line_without_our_secrets() -> None:
    said = presentable("535 no \x1b[31mhunter2\r\n\x00 " + "x" * 900, ["hunter2"])
    assert said.startswith("535 no [31m[secret] xxx")
    assert len(said) < 420
