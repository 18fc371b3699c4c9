"""Telegram channels as data: what a page or an API answer shows (`Page`, `Post`), before it becomes entries.

No personal field is among them: no signature, no reply author, no name of a forwarded person, no phone
number, no place. Both routes (public preview and MTProto) fill the same types.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class MediaKind(StrEnum):
    """What a post carries besides text. `unsupported` is what the preview cannot show."""

    PHOTO = "photo"
    VIDEO = "video"
    GIF = "gif"
    ROUND_VIDEO = "round_video"
    VOICE = "voice"
    MUSIC = "music"
    DOCUMENT = "document"
    STICKER = "sticker"
    POLL = "poll"
    LOCATION = "location"
    CONTACT = "contact"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One item of media. `duration_s` in whole seconds where shown; `title` is a document's file name."""

    kind: MediaKind
    duration_s: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCount:
    """A number as the page shows it (`436.6K`), what it stands for, and whether it is rounded."""

    raw: str
    value: int
    is_approx: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOption:
    """One answer of a poll; `percent` is rounded, and absent before the first vote."""

    text: str
    percent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll or quiz. `label` is the source's word for its kind ("Anonymous Quiz")."""

    question: str
    label: str = ""
    multiple: bool = False
    options: tuple[PollOption, ...] = ()
    voters: ShownCount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPreview:
    """The card under a post: the address it leads to (canonicalised by the source) and its texts."""

    url: str
    site: str = ""
    title: str = ""
    description: str = ""


class OriginKind(StrEnum):
    """Where a forwarded post comes from: a channel post, a person, or a source that hides itself."""

    CHANNEL = "channel"
    PERSON = "person"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The origin of a forward. Channel, post and name are set for channels only: persons are not named."""

    kind: OriginKind
    channel: str | None = None
    post_id: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTarget:
    """The post that a post answers; it may be in another chat."""

    channel: str
    post_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post; an album is one, with all its ids.

    `links` are the body's addresses as written, without hashtags; `odd` names what could not be read.
    """

    channel: str
    post_id: int
    ids: tuple[int, ...]
    published_at: dt.datetime | None
    published_raw: str | None
    text: str = ""
    links: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    spoiler: bool = False
    edited: bool = False
    edited_at: dt.datetime | None = None
    chat_id: int | None = None
    origin: Origin | None = None
    reply: ReplyTarget | None = None
    via_bot: str = ""
    media: tuple[Media, ...] = ()
    poll: Poll | None = None
    preview: LinkPreview | None = None
    views: ShownCount | None = None
    reactions: tuple[tuple[str, ShownCount | None], ...] = ()
    odd: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The permalink, on t.me whatever host was asked."""
        return f"https://t.me/{self.channel}/{self.post_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCard:
    """The channel as it describes itself. `counters` by the page's word, made plural (`subscribers`)."""

    title: str = ""
    username: str = ""
    description: str = ""
    verified: bool = False
    counters: Mapping[str, ShownCount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursors:
    """The ids from which older (`before`) and newer (`after`) pages follow, where the page links them."""

    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unparsed:
    """A block that is no post to us: where it stood, why, and its id where that could be read."""

    position: int
    reason: str
    post_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How well a page was understood. Counts are of blocks; service messages are in `services` only."""

    blocks: int = 0
    posts: int = 0
    services: int = 0
    with_text: int = 0
    with_media: int = 0
    with_views: int = 0
    odd: int = 0
    unparsed: tuple[Unparsed, ...] = ()
    unknown_classes: tuple[str, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)


class PageShape(StrEnum):
    """What kind of page came: posts, a channel without any, an empty range, or no preview page at all."""

    POSTS = "posts"
    EMPTY = "empty"
    NO_RESULTS = "no_results"
    BROKEN = "broken"
    NOT_PREVIEW = "not_preview"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer of a channel, ids ascending. `channel` is spelled as the channel spells itself.

    `broken` is empty, or the stable code of why the page must not be trusted (`layout_changed`,
    `other_channel`). Posts of a broken page are what could be read of it.
    """

    channel: str
    shape: PageShape
    posts: tuple[Post, ...] = ()
    service_ids: tuple[int, ...] = ()
    card: ChannelCard = ChannelCard()
    cursors: Cursors = Cursors()
    drift: Drift = Drift()
    broken: str = ""
    detail: str = ""
    complete: bool = False  # an answer of the API: what is absent between its ids is gone

    @property
    def ids(self) -> tuple[int, ...]:
        """All message ids of the page, ascending: posts, the parts of albums, service messages, unread blocks."""
        found = {number for post in self.posts for number in post.ids} | set(self.service_ids)
        found |= {block.post_id for block in self.drift.unparsed if block.post_id is not None}
        return tuple(sorted(found))

    @property
    def chat_id(self) -> int | None:
        """The channel's number, where a post says it; it stays when the channel is renamed."""
        return next((post.chat_id for post in self.posts if post.chat_id is not None), None)


class LandingKind(StrEnum):
    """What t.me/NAME shows where there is no preview (specification, section 5)."""

    PREVIEWABLE = "previewable"
    NO_PREVIEW = "no_preview"
    GROUP = "group"
    EXISTS = "exists"
    ABSENT_OR_BLOCKED = "absent_or_blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """The landing card of a name. `subscribers` is exact there."""

    kind: LandingKind
    title: str = ""
    subscribers: int | None = None


class EmbedKind(StrEnum):
    """What the widget of one post says: the post, that it is gone (or cannot be shown), or nothing we know."""

    POST = "post"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """The widget of one post (`?embed=1`)."""

    kind: EmbedKind
    post: Post | None = None


class Meaning(StrEnum):
    """What an answer means (specification, section 5)."""

    OK = "ok"
    EMPTY = "empty"
    END = "end"
    SUSPICIOUS = "suspicious"
    LAYOUT = "layout_changed"
    OTHER_CHANNEL = "other_channel"
    NO_PREVIEW_PAGE = "redirected"
    BAD_NAME = "bad_name"
    PREVIEWABLE = "previewable"
    NO_PREVIEW = "no_preview"
    GROUP = "group"
    ABSENT_OR_BLOCKED = "absent_or_blocked"
    NOT_FOUND = "not_found"
    BLOCKED = "blocked"
    THROTTLED = "throttled"
    TRANSIENT = "transient"
    HOST_DOWN = "host_down"
    UNEXPECTED = "unexpected"


class Action(StrEnum):
    """What follows from a meaning."""

    TAKE = "take"
    END_WALK = "end_walk"
    FAIL = "fail"
    NEXT_RUN = "next_run"
    RETRY = "retry"
    NEXT_HOST = "next_host"
    STOP_HOST = "stop_host"
    GET_LANDING = "get_landing"
    ASK_CANARY = "ask_canary"
    RECHECK_DAILY = "recheck_daily"
    CONFIG_ERROR = "config_error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A meaning, what to do, and words for a person. `stop_for` is how long the host is left alone."""

    meaning: Meaning
    action: Action
    detail: str = ""
    stop_for: dt.timedelta | None = None

    @property
    def code(self) -> str:
        """The stable code that `last_error` begins with."""
        return self.meaning.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """What is remembered of a channel between polls; `monitor.polling.telegram` writes it as a cursor.

    Every id up to `last_id` was seen. `absent` are ids that did not come back, with how often that was
    confirmed; `missing_runs` counts runs that took the channel for nonexistent; `habit` are the shares of
    posts (text, media, views, in percent) of the last runs. Posts of the last days are read again page by page:
    up to `reread` in this round, the last page at `reread_at`.
    """

    last_id: int | None = None
    name: str = ""
    chat_id: int | None = None
    absent: Mapping[int, int] = field(default_factory=dict)
    missing_runs: int = 0
    habit: tuple[tuple[int, int, int], ...] = ()
    reread: int | None = None
    reread_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One answer with posts, or an empty range: the page, the bytes it was read from, what it cost."""

    page: Page
    url: str
    raw: bytes = b""
    wire_bytes: int = 0
    elapsed_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStep:
    """One page to store, and to remember `last_id` with, in one transaction.

    `fresh` are its ids beyond what was remembered before; `more` says that a further page of the same poll
    follows; `truncated` that the page budget ended before the gap closed, so that the next run goes on.
    `next_before` is where a backfill goes on.
    """

    received: Received
    last_id: int | None
    fresh: tuple[int, ...] = ()
    more: bool = False
    truncated: bool = False
    newest: bool = False
    next_before: int | None = None

    @property
    def page(self) -> Page:
        """The page itself."""
        return self.received.page


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed:
    """The poll of a channel ended here. `raw` is the page that was not understood, to be kept for replay.

    `host` is set where the host is to be left alone for `answer.stop_for`.
    """

    answer: Answer
    url: str
    status: int | None = None
    raw: bytes = b""
    page: Page | None = None
    host: str = ""


Step = PageStep | StepFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What single posts look like now, by id; `failed` says why some were not looked at."""

    found: Mapping[int, Embed]
    failed: StepFailed | None = None
