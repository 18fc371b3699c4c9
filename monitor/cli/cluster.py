"""`monitor cluster`: what a cluster holds and why; stories parted or clusters joined by a person."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from monitor.cli.common import JsonOption, config_path, parse_time, print_json, print_line, print_table
from monitor.errors import UsageError

group = typer.Typer(help="Clusters: the stories about one happening.", no_args_is_help=True)

Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the decision.")]
Who = Annotated[str | None, typer.Option("--who", help="Who decides; default: the user's name.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="cluster")


@group.command()
def show(
    context: typer.Context,
    cluster: Annotated[int, typer.Argument(help="Its id, also one that was merged away.")],
    as_json: JsonOption = False,
) -> None:
    """List the stories of a cluster, who had it first, why they are together, their sources, who cites whom."""
    from monitor.pipeline.cluster_review import cluster_view  # noqa: PLC0415 -- keeps `monitor --help` quick
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- the same

    with open_workspace(config_path(context)) as workspace:
        view = cluster_view(workspace, cluster)
    if as_json:
        print_json(view)
        return
    print_line(f"cluster {view.cluster_id}: {view.title}")
    print_line(f"at most {view.independent} independent sources, {view.unresolved} unresolved")
    rows = [(s.story_id, s.language, s.title, s.rule, f"{s.score:.2f}", s.why) for s in view.stories]
    print_table("stories", ("story", "language", "title", "rule", "score", "evidence"), rows)
    times = [(t.at, t.outlet, t.story_id, t.doubt, t.url) for t in view.timeline]
    print_table("first seen", ("at", "outlet", "story", "date doubted", "address"), times)
    folds = [(f.outlet, f.folded_into, f.reason) for f in view.sources]
    print_table("sources", ("outlet", "counts as", "reason"), folds)
    chains = [(" → ".join((c.outlet, *c.links)), c.state) for c in view.chains]
    print_table("chains of citations", ("chain", "ends"), chains)


@group.command()
def split(
    context: typer.Context,
    cluster: Annotated[int, typer.Argument(help="The cluster.")],
    stories: Annotated[list[int], typer.Argument(help="The stories that are another happening.")],
    reason: Reason,
    who: Who = None,
) -> None:
    """Part stories from a cluster. The decision is kept and holds against every later run."""
    from monitor.pipeline.cluster_review import split_cluster  # noqa: PLC0415 -- see show
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see show

    with open_workspace(config_path(context)) as workspace:
        new, rest = split_cluster(workspace, cluster, stories, who=who or getpass.getuser(), reason=reason)
    print_line(f"stories {', '.join(map(str, stories))} are cluster {new}; the others are cluster {rest}")


@group.command()
def merge(
    context: typer.Context,
    clusters: Annotated[list[int], typer.Argument(help="The clusters that are one happening.")],
    reason: Reason,
    who: Who = None,
) -> None:
    """Make clusters one. The decision is kept and holds against every later run."""
    from monitor.pipeline.cluster_review import merge_clusters  # noqa: PLC0415 -- see show
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see show

    with open_workspace(config_path(context)) as workspace:
        home = merge_clusters(workspace, clusters, who=who or getpass.getuser(), reason=reason)
    print_line(f"clusters {', '.join(map(str, clusters))} are cluster {home}")


@group.command()
def recompute(
    context: typer.Context,
    since: Annotated[str, typer.Option(help="Stories first seen since: 2026-11-20 or 7d.")],
    as_json: JsonOption = False,
) -> None:
    """Compute the clusters of a window anew with today's rules. Decisions hold, ids stay where they can."""
    from monitor.pipeline.reclustering import recompute as compute  # noqa: PLC0415 -- see show
    from monitor.pipeline.workspace import open_workspace  # noqa: PLC0415 -- see show

    moment = parse_time(since)
    if moment is None:
        raise UsageError("--since is empty", hint="write 2026-11-20 or 7d")
    with open_workspace(config_path(context)) as workspace:
        done = compute(workspace, since=moment)
    if as_json:
        print_json(done)
    else:
        print_line(
            f"{done.stories} stories: {done.parted} parted from their clusters, {done.merged} clusters joined"
        )
