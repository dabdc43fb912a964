"""People and posts that do not exist, for the style guide: every state, the very long and the very many."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone


@dataclass(frozen=True)
class Person:
    name: str
    username: str

    def get_absolute_url(self) -> str:
        return "#people"


@dataclass(frozen=True)
class Circle:
    name: str
    color_index: int
    is_private: bool = False

    def get_absolute_url(self) -> str:
        return "#groups"


@dataclass(frozen=True)
class Picture:
    alt: str
    width: int = 800
    height: int = 500

    def get_absolute_url(self) -> str:
        return "/static/img/tower.svg"


@dataclass(frozen=True)
class Reaction:
    type: str
    label: str
    count: int = 0
    mine: bool = False


@dataclass(frozen=True)
class Example:
    author: Person
    title: str
    words: str
    created_at: datetime
    group: Circle | None = None
    reactions: list[Reaction] = field(default_factory=list)
    comments_count: int = 0
    bookmarked: bool = False


LABELS = {"like": "Like", "love": "Love", "laugh": "Haha", "wow": "Wow", "sad": "Sad"}
ANA, BEN, CHLOE = Person("Ana Lindqvist", "ana"), Person("Ben Okafor", "ben"), Person("Chloe Marten", "chloe")
MIRA, TOMAS, WIM = Person("Mira Sand", "mira"), Person("Tomas Feld", "tomas"), Person("Wim", "wim")
LONG = Person("Maximiliane-Theodora von Hohenlohe-Waldenburg-Schillingsfürst", "maximiliane-theodora")
PEOPLE = [ANA, BEN, CHLOE, MIRA, TOMAS, WIM, LONG, Person("李小龍", "li"), Person("نورا حداد", "nora")]
GARDENERS, BIKES, PARENTS = (
    Circle("Gardeners", 4),
    Circle("Bike workshop", 5),
    Circle("Parents of no. 12", 2, True),
)


def reactions(mine: str = "", **counts: int) -> list[Reaction]:
    return [Reaction(kind, label, counts.get(kind, 0), kind == mine) for kind, label in LABELS.items()]


def example_context() -> dict[str, Any]:
    now = timezone.now()
    return {
        "ana": ANA,
        "ben": BEN,
        "chloe": CHLOE,
        "people": PEOPLE,
        "three": [BEN, CHLOE, MIRA],
        "groups": [GARDENERS, BIKES, PARENTS, Circle("Choir", 3)],
        "pictures": [
            Picture("A heap of compost"),
            Picture("The shed"),
            Picture("Plum cake"),
            Picture("Seedlings"),
        ],
        "reactions_none": reactions(),
        "reactions_many": reactions("love", like=14, love=3, laugh=1, wow=1204, sad=2),
        "moments": [now - timedelta(**age) for age in AGES],
        "posts": [
            Example(
                CHLOE,
                "Compost on Saturday: who brings a wheelbarrow?",
                "The delivery comes at nine, four cubic metres of it. We need about six people for two "
                "hours, gloves are in the shed. Coffee and Ben’s plum cake afterwards.",
                now - timedelta(minutes=12),
                GARDENERS,
                reactions("like", like=14, love=3),
                9,
            ),
            Example(
                BEN,
                "",
                "Whose cat is on the roof?",
                now - timedelta(hours=2),
                None,
                reactions(laugh=6),
                0,
                True,
            ),
            Example(
                LONG,
                "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsfest",
                "https://example.org/a/very/long/address/that/does/not/want/to/be/broken/anywhere/at-all?but=must&be=1",
                now - timedelta(days=400),
                PARENTS,
                reactions(like=1_234_567),
                1000,
            ),
        ],
    }


AGES: list[dict[str, int]] = [
    {"seconds": 5},
    {"minutes": 12},
    {"hours": 3},
    {"hours": 26},
    {"days": 9},
    {"days": 500},
]
