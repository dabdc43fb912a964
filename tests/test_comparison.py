"""docs/benchmarks.md is what `python -m benchmarks.comparison` writes, for the peers that it compares."""

from benchmarks.comparison import DOCUMENT
from benchmarks.peers import PEERS, WITHOUT, report
from benchmarks.peers.measuring import Acting, Drain, Losses, losses


def results() -> report.Results:
    """The site that tells nobody takes 2 ms, and each peer 1 ms more than the one before."""
    everyone = [*WITHOUT, *PEERS]
    return report.Results(
        {each.name: Acting([2.0 + n], [4.0 + n], [5.0]) for n, each in enumerate(everyone)},
        {
            each.name: Drain([] if each.tells_in_request else [100.0], [50.0 / (n + 1)])
            for n, each in enumerate(PEERS)
        },
        {each.name: Losses(5, 60, n, 0, 0, 1) for n, each in enumerate(PEERS)},
    )


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_peer_is_set_against_its_own_silent_site_and_against_belltower() -> None:
    acting, drain, kills = (
        [row for row in rows(report.tables({"SQLite": results()}, [])) if row[0] == PEERS[2].title][n]
        for n in range(3)
    )
    assert PEERS[2].against == "silent hq"
    assert acting[1:] == ["6.00", "3.00", "2.00", "8.00", "3.00", "1.60", "5.00"]
    assert drain[1:] == ["in the request", "16.7", "-", "3.00"]
    assert kills[1:] == ["5", "60", "2", "0", "0", "1"]


def test_what_is_lost_and_doubled_is_counted_by_the_like() -> None:
    found = losses(7, liked=[1, 2, 3, 4], told=[1, 1, 1, 3], mailed=[2, 2, 3, 9])
    assert found == Losses(7, 4, lost_rows=2, doubled_rows=2, lost_mails=2, doubled_mails=1)


def test_a_run_changes_nothing_but_what_it_measured() -> None:
    text = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"
    made = report.document(text, {"SQLite": results()}, [("machine", "small")])
    assert made.startswith(f"before\n{report.BEGIN}\n### The request that acts: SQLite")
    assert made.endswith(f"- machine: small\n{report.END}\nafter\n")
    assert report.document(made, {"SQLite": results()}, [("machine", "small")]) == made


def test_the_document_has_the_peers_and_columns_of_the_code() -> None:
    expected = by_heading(report.tables({name: results() for name in report.DATABASES}, []))
    found = by_heading(DOCUMENT.read_text(encoding="utf-8"))
    tables = {heading: found[heading] for heading in expected.keys() & found.keys()}
    assert tables
    for heading, table in tables.items():
        assert table[0] == expected[heading][0]
        assert [row[0] for row in table] == [row[0] for row in expected[heading]]
        assert {len(row) for row in table} == {len(table[0])}


def by_heading(text: str) -> dict[str, list[list[str]]]:
    parts = (part.partition("\n") for part in f"\n{text}".split("\n### ")[1:])
    return {heading: table for heading, _line, part in parts if (table := rows(part))}
