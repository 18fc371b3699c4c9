"""settle: of clusters that changed, the chains of citations, the roots of claims, and the ledger with its flows.

    entries ─► media that they cite ─► chains to the root ─► claims' roots ─► lines ─► flows
                                             └──► roots, by which `fold_sources` folds

Called for each batch of clusters before their sources are folded, which marks them as done: what was killed in between
is done again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from monitor.group.doubt import set_aside
from monitor.group.ledger import claim_root, ledger_lines
from monitor.group.origin import believed
from monitor.group.roots import names_of, resolve_roots
from monitor.pipeline.analysers import packaged_register
from monitor.pipeline.registers import configured_register
from monitor.pipeline.workspace import Workspace
from monitor.types.clusters import Appearance
from monitor.types.ledger import Aside, Chain, ChainEntry, CitedMedium, LedgerClaim, LedgerLine
from monitor.types.storage import NamedLease

Posts = tuple[tuple[tuple[str, int], ...], tuple[str, int | None] | None]
"""The posts that an entry is, and the post that it forwards."""
#: Links of one entry that are looked up: a page full of them cites nobody in particular.
MOST_LINKS = 50


def settle(
    workspace: Workspace,
    found: Mapping[int, Sequence[Appearance]],
    *,
    polled: Callable[[], Mapping[str, str]] | None = None,
    lease: NamedLease | None = None,
) -> dict[str, str]:
    """Chains and ledger of these clusters; the roots of their entries by uid.

    `polled` gives what `polled_names` does; whoever settles many batches need not have them made for each.
    """
    store = workspace.store
    entry_ids = [one.entry_id for members in found.values() for one in members]
    cites = store.cited_media(entry_ids)
    claims = _by_entry(store.ledger_claims(entry_ids))
    names = (polled() if polled else polled_names(workspace)) if cites else {}
    citing = [members for members in found.values() if any(one.entry_id in cites for one in members)]
    posts = store.posts_of([one.entry_id for members in citing for one in members])
    chains: dict[tuple[int, int], Chain] = {}
    ends: dict[str, str] = {}
    roots: dict[int, str | None] = {}
    aside: dict[int, Aside] = {}
    lines: dict[int, tuple[LedgerLine, ...]] = {}
    for cluster, members in sorted(found.items()):
        if any(one.entry_id in cites for one in members):
            beyond = _beyond(workspace, members, cites)
            resolved = resolve_roots(_entries(members, cites, posts), names, beyond)
            chains |= resolved.chains
            ends |= resolved.entries
        said = [claim for one in members for claim in claims.get(one.entry_id, ())]
        said = _rooted(said, members, cites, chains, ends)
        roots |= {claim.claim_id: claim.root for claim in said}
        doubted = set_aside(said)
        aside |= doubted
        counted = [claim for claim in said if claim.claim_id not in doubted]
        lines[cluster] = ledger_lines(cluster, counted, members, ends) if counted else ()
    store.save_settled(chains, roots, lines, aside=aside, now=workspace.clock(), lease=lease)
    return ends


def polled_names(workspace: Workspace) -> dict[str, str]:
    """The names under which polled outlets are cited: their own, their channels', those of the configured register."""
    register = configured_register(workspace.config, packaged_register())
    listed = []
    for name, others in workspace.store.outlet_names():
        same = register.by_alias(name)
        # a person who corrects a citation may write any of them
        known = [same[0].name, *chain(*same[0].aliases.values())] if len(same) == 1 else []
        listed.append((name, (*others, *known)))
    return names_of(listed)


def _by_entry(claims: Sequence[LedgerClaim]) -> dict[int, list[LedgerClaim]]:
    found: dict[int, list[LedgerClaim]] = {}
    for claim in claims:
        found.setdefault(claim.entry_id, []).append(claim)
    return found


def _entries(
    members: Sequence[Appearance], cites: Mapping[int, tuple[CitedMedium, ...]], posts: Mapping[int, Posts]
) -> list[ChainEntry]:
    made = []
    for one in members:
        timed = believed(one)
        numbers, forward = posts.get(one.entry_id, ((), None))
        made.append(
            ChainEntry(
                uid=one.uid, outlet=one.outlet, story_id=one.story_id, at=timed.at, doubt=bool(timed.doubt),
                url=one.url, links=one.links, forward=forward, posts=numbers, cites=cites.get(one.entry_id, ()),
            )
        )  # fmt: skip
    return made


def _beyond(
    workspace: Workspace, members: Sequence[Appearance], cites: Mapping[int, tuple[CitedMedium, ...]]
) -> list[ChainEntry]:
    """Entries of other clusters that a citing entry links to: its source, where clusters were not brought together."""
    inside = {one.url for one in members}
    links = {
        link
        for one in members
        if one.entry_id in cites
        for link in one.links[:MOST_LINKS]
        if link not in inside
    }
    if not links:
        return []
    homes = workspace.store.clusters_at(links) - {one.cluster_id for one in members}
    found = [one for rows in workspace.store.appearances(homes).values() for one in rows if one.url in links]
    ids = [one.entry_id for one in found]
    return _entries(found, workspace.store.cited_media(ids), workspace.store.posts_of(ids))


def _rooted(
    claims: Sequence[LedgerClaim],
    members: Sequence[Appearance],
    cites: Mapping[int, tuple[CitedMedium, ...]],
    chains: Mapping[tuple[int, int], Chain],
    ends: Mapping[str, str],
) -> list[LedgerClaim]:
    by_entry = {one.entry_id: one for one in members}
    roots = {key: chain.root for key, chain in chains.items()}
    found = []
    for claim in claims:
        entry = by_entry[claim.entry_id]
        own = ends.get(entry.uid, entry.outlet)
        found.append(replace(claim, root=claim_root(claim, cites.get(claim.entry_id, ()), roots, own)))
    return found
