"""Hand-overs of chains and the ledger: who cites whom to the root, claims that agree, flows over clusters."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

ChainState = Literal["root", "not_polled", "missing", "cycle"]
"""How a chain ends: at an outlet whose own entry cites nobody; at one that is not polled; at one that is polled but
of which no entry from before is stored; or where it came from."""

ClaimStatus = Literal["alleged", "announced", "confirmed", "denied", "refused"]
ChangeKind = Literal["new", "denial", "status", "quantity"]
Aside = Literal["direction", "status", "party"]
"""Why a claim does not count: surer ones have its parties the other way round, another status in the same entry, or
another party in the same entry and in others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedMedium:
    """A medium that an entry cites. `annotation_id` and `position` are its row; `name` is as people decided."""

    annotation_id: int
    position: int
    name: str
    rule: str
    field: str
    start_char: int

    @property
    def order(self) -> tuple[bool, bool, int]:
        """The main citation first: a sign-off or forward says whose text it is; then the place in the text."""
        return (not self.rule.startswith(("shapes/", "forward")), self.field != "title", self.start_char)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainEntry:
    """An entry as a link of chains. `at`: when it was there at the latest; `doubt`: whether its date is no sound one.

    `outlet` is a polled outlet's name; `forward` the channel and number of the post that it forwards; `posts` the
    same of the entry itself, where it is a channel's.
    """

    uid: str
    outlet: str
    story_id: int
    at: dt.datetime
    doubt: bool = False
    url: str | None = None
    links: tuple[str, ...] = ()
    forward: tuple[str, int | None] | None = None
    posts: tuple[tuple[str, int], ...] = ()
    cites: tuple[CitedMedium, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """One step of a chain: an outlet, and its entry where one is stored."""

    outlet: str
    uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """From a citation to its end; `links` begin with the outlet that is cited."""

    root: str
    state: ChainState
    links: tuple[ChainLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """What following the citations of one cluster found.

    `chains` by (annotation, position) of the citation; `entries` by uid of each entry that cites, or repeats another
    outlet's story: the end of its main chain.
    """

    chains: dict[tuple[int, int], Chain]
    entries: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerClaim:
    """A claim as the ledger counts it: as people corrected it, without those they rejected."""

    claim_id: int
    uid: str
    entry_id: int
    supplier: tuple[str, ...]
    recipient: tuple[str, ...]
    items: tuple[str, ...]
    status: ClaimStatus
    speaker: str = ""
    quantity_min: int | None = None
    quantity_max: int | None = None
    unit: str = ""
    field: str = "body"
    start_char: int = 0
    end_char: int = 0
    root: str | None = None
    reviewed: bool = False
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEvent:
    """One claim in the history of a line."""

    at: dt.datetime
    seen_at: dt.datetime
    status: ClaimStatus
    outlet: str
    root: str
    entry_uid: str
    story_id: int
    claim_uid: str
    speaker: str = ""
    quantity_min: int | None = None
    quantity_max: int | None = None
    unit: str = ""
    reviewed: bool = False
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RootQuantity:
    """The smallest and largest number that goes back to one root, in one unit (empty: pieces)."""

    root: str
    quantity_min: int
    quantity_max: int
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineKey:
    """What the claims of a line, or of a flow, agree in; a party that is not stated is empty."""

    supplier: str
    recipient: str
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One transfer that a cluster tells of. Counts are of stories: a copy counts once.

    `confidence` is that of the surest claim, 1 where a person confirmed or corrected one.
    """

    cluster_id: int
    key: LineKey
    status: ClaimStatus
    first_alleged_at: dt.datetime | None
    first_alleged_by: str | None
    root_outlet: str
    allegations: int
    independent_sources: int
    denials: int
    confirmations: int
    quantity_min: int | None
    quantity_max: int | None
    first_at: dt.datetime
    last_at: dt.datetime
    changed_at: dt.datetime
    word_at: dt.datetime | None
    reviewed: int
    roots: tuple[str, ...]
    quantities: tuple[RootQuantity, ...]
    history: tuple[LedgerEvent, ...]
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPart:
    """What a flow takes of one line of the ledger."""

    cluster_id: int
    status: ClaimStatus
    first_at: dt.datetime
    last_at: dt.datetime
    word_at: dt.datetime | None
    denials: int
    confirmations: int
    roots: tuple[str, ...]
    quantities: tuple[RootQuantity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The lines of all clusters that agree in supplier, recipient and item."""

    key: LineKey
    first_at: dt.datetime
    last_at: dt.datetime
    clusters: int
    roots: int
    denials: int
    confirmations: int
    status: ClaimStatus
    quantities: tuple[RootQuantity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """What was last logged of a line."""

    status: ClaimStatus
    quantity_min: int | None = None
    quantity_max: int | None = None
    denied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """What is new in a line. `claim_uid` is the claim that brought it."""

    cluster_id: int
    key: LineKey
    kind: ChangeKind
    old_status: ClaimStatus | None
    new_status: ClaimStatus
    claim_uid: str
    reported_at: dt.datetime
    quantity_min: int | None = None
    quantity_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimNews:
    """A change of a line as a reader is told: with who said so, and where.

    `status` is what this is about: the new status, or `denied` where the first denial did not change it. `speaker` is
    as analysis writes it (English), `outlet` the one whose report brought it.
    """

    kind: ChangeKind
    key: LineKey
    status: ClaimStatus
    old_status: ClaimStatus | None = None
    speaker: str = ""
    outlet: str = ""
    url: str | None = None
    quantity_min: int | None = None
    quantity_max: int | None = None
    cluster_id: int | None = None
    sources: int | None = None
    claim_uid: str = ""
