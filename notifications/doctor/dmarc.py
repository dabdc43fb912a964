"""DMARC: what receivers do with mail in the sender's name that proves nothing, and what counts as proof.

Whose domain is whose is found as DMARCbis has it: up the tree of names, without a list of public suffixes.
"""

from collections.abc import Iterator
from typing import NamedTuple

from .asking import Asking, NoAnswerError, envelope_domain, from_domain, is_real
from .dkim import tags_of
from .finding import Finding, failure, ok, warning

STEPS_MAX = 8
POLICIES = ("none", "quarantine", "reject")
_TRY_AGAIN = "Try again, or with --resolver."


class Policy(NamedTuple):
    domain: str  # where it stands
    tags: dict[str, str]


def check(asking: Asking) -> Iterator[Finding]:
    domain = from_domain()
    if not is_real(domain):
        return
    try:
        found, doubled = _walked(asking, domain)
    except NoAnswerError as error:
        yield failure(f"The name server gave no usable answer. {error}", _TRY_AGAIN)
        return
    if doubled:
        yield failure(f"_dmarc.{doubled[0]} has several records, and so none.", "Leave one of them.")
    elif not found:
        yield warning(
            f"Neither {domain} nor a domain above it has a DMARC record.",
            f'Publish a TXT record at _dmarc.{domain}, such as "v=DMARC1; p=quarantine".',
        )
    else:
        yield judged(domain, _policy_for(domain, found))


def check_alignment(asking: Asking) -> Iterator[Finding]:
    """Whether SPF of the envelope's domain says anything for that of the From."""
    sender, envelope = from_domain(), envelope_domain()
    if not (is_real(sender) and is_real(envelope)):
        return
    if sender == envelope:
        yield ok(f"Mail is from {sender}, and so is its envelope.")
        return
    try:
        found, _doubled = _walked(asking, sender)
        of_envelope, _doubled = _walked(asking, envelope)
    except NoAnswerError as error:
        yield failure(f"The name server gave no usable answer. {error}", _TRY_AGAIN)
        return
    differ = f"Mail is from {sender}, and its envelope from {envelope}"
    if organisation(sender, found) != organisation(envelope, of_envelope):
        yield warning(
            f"{differ}, which is another organisation’s.",
            "For DMARC the DKIM signature alone counts then. Take BOUNCE_ADDRESS at, or below, the domain of "
            "DEFAULT_FROM_EMAIL, and publish a DMARC record there.",
        )
    elif found and _policy_for(sender, found).tags.get("aspf", "r").lower() == "s":
        yield warning(f"{differ}; its DMARC record wants the same one (aspf=s).", "Take aspf=s out of it.")
    else:
        yield ok(f"{differ}, of the same organisation.")


def judged(domain: str, policy: Policy) -> Finding:
    tags, at = policy.tags, f"_dmarc.{policy.domain}"
    name = "p" if policy.domain == domain or "sp" not in tags else "sp"
    wish = tags.get(name, "").lower()
    if wish not in POLICIES:
        return failure(
            f"{at} has no policy that there is ({name}={wish}).", f"Use one of: {', '.join(POLICIES)}."
        )
    if wish == "none":
        return warning(
            f"{at} says {name}=none: forged mail is let through.",
            "Use p=quarantine, once reports or --send-to show that your own mail passes.",
        )
    if tags.get("pct", "100") != "100" or tags.get("t", "n").lower() == "y":
        return warning(f"{at} says {name}={wish}, for a part or as a test.", "Take pct= and t=y out of it.")
    return ok(f"{at} says {name}={wish}.")


def organisation(domain: str, found: list[Policy]) -> str:
    """Whose it is; itself, where nobody above it says otherwise."""
    for policy in found:
        if policy.tags.get("psd") == "n":
            return policy.domain
        if policy.tags.get("psd") == "y" and policy.domain != domain:
            labels = policy.domain.count(".") + 2
            return ".".join(domain.split(".")[-labels:])
    return found[-1].domain if found else domain


def _policy_for(domain: str, found: list[Policy]) -> Policy:
    """Its own, else that of its organisation."""
    if found[0].domain == domain:
        return found[0]
    owner = organisation(domain, found)
    return next((policy for policy in found if policy.domain == owner), found[-1])


def _walked(asking: Asking, domain: str) -> tuple[list[Policy], list[str]]:
    """The policies from the domain upwards, and the names that have several."""
    found, doubled = [], []
    labels = domain.split(".")
    starts = range(len(labels))
    if len(labels) > STEPS_MAX:
        starts = [0, *range(len(labels) - STEPS_MAX + 1, len(labels))]  # type: ignore[assignment]
    for start in starts:
        name = ".".join(labels[start:])
        texts = asking.texts(f"_dmarc.{name}")
        records = [tags for tags in map(tags_of, texts) if tags.get("v") == "DMARC1"]
        if len(records) > 1:
            doubled.append(name)
        elif records:
            found.append(Policy(name, records[0]))
            if records[0].get("psd") == "n":
                break
    return found, doubled
