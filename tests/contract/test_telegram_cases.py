"""The thirty test cases of the Telegram specification (section 13): which test stands for each part of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
GOLDEN, PAGE = "data/telegram", "unit/parse/test_telegram_page.py"
ENTRIES, POLLING = "unit/normalise/test_telegram_entries.py", "unit/polling/test_telegram_polling.py"
CLIENT, MTPROTO = "unit/fetch/test_telegram_client.py", "unit/fetch/test_telegram_mtproto.py"
END, LOGS = "e2e/test_telegram.py", "unit/test_logs.py"

CASES: dict[int, tuple[str, dict[str, str]]] = {
    1: (
        "text with line ends and emoji",
        {GOLDEN: "text", PAGE: "test_blanks_of_the_markup_are_none_of_the_text"},
    ),
    2: ("album", {GOLDEN: "album", ENTRIES: "test_an_album_is_one_entry_with_all_ids_and_its_caption_once"}),
    3: ("reply", {GOLDEN: "reply reply_media", PAGE: "test_a_reply_under_a_new_name_never_becomes_the_body"}),
    4: (
        "forward",
        {
            GOLDEN: "forward_channel forward_person forward_hidden",
            END: "test_a_forward_is_in_the_story_of_its_origin",
        },
    ),
    5: ("forward with author", {GOLDEN: "forward_signed"}),
    6: ("polls", {GOLDEN: "poll quiz_multiple", ENTRIES: "test_a_poll_is_text"}),
    7: ("edited", {GOLDEN: "edited edited_signed"}),
    8: (
        "service messages",
        {
            PAGE: "test_service_messages_are_counted_and_are_no_posts",
            END: "test_service_messages_are_counted_and_not_stored",
        },
    ),
    9: ("voice and video", {GOLDEN: "voice round_video gif video_too_big video_portrait"}),
    10: ("documents", {GOLDEN: "documents music"}),
    11: ("stickers", {GOLDEN: "sticker_static sticker_animated sticker_video"}),
    12: ("privacy", {GOLDEN: "location contact", PAGE: "test_nothing_personal_is_in_the_post"}),
    13: (
        "link previews",
        {
            GOLDEN: "text preview_image preview_right_image preview_video preview_empty",
            ENTRIES: "test_a_preview_makes_the_article_the_source_unless_the_post_leads_to_several",
            END: "test_a_link_preview_joins_a_post_to_the_article",
        },
    ),
    14: ("the footer beside complete content", {GOLDEN: "please_open"}),
    15: (
        "unsupported",
        {GOLDEN: "unsupported", ENTRIES: "test_what_cannot_be_shown_is_kept_with_its_permalink"},
    ),
    16: ("counts", {PAGE: "test_counts test_garbage_is_no_count test_subscribers_are_exact_there"}),
    17: ("data-view", {PAGE: "test_data_view_may_hold_anything test_data_view_that_is_none"}),
    18: ("links", {GOLDEN: "links", ENTRIES: "test_links_are_canonical_and_tags_are_categories"}),
    19: (
        "paging",
        {
            PAGE: "test_prev_is_followed_and_canonical_is_not test_neither_is_no_cursor_though_canonical_has_one",
            POLLING: "test_a_missing_link_is_probed_once_from_the_lowest_id test_a_circle_ends",
        },
    ),
    20: (
        "gaps and crashes",
        {
            CLIENT: "test_a_gap_is_walked_forward_and_nothing_is_missed_or_repeated "
            "test_a_crash_after_any_page_resumes_without_a_hole",
            END: "test_killed_between_pages_the_next_run_goes_on_without_a_hole",
        },
    ),
    21: (
        "where a 302 leads",
        {
            POLLING: "test_the_matrix",
            CLIENT: "test_the_landing_page_says_why_there_is_no_preview "
            "test_a_canary_tells_an_absent_name_from_a_block test_a_reserved_name_is_a_fault_of_the_configuration",
        },
    ),
    22: ("no results", {PAGE: "test_no_results_is_a_class_not_a_word test_what_is_neither_is_never_gone"}),
    23: (
        "renamed marks",
        {
            PAGE: "test_a_renamed_mark_fails_loudly test_a_body_under_a_new_name_is_noticed_even_beside_a_photo",
            END: "test_a_changed_layout_fails_loudly_keeps_the_page_and_the_place",
        },
    ),
    24: (
        "refusals and broken answers",
        {
            POLLING: "test_failures test_a_tiny_body_is_broken_unless_it_holds_posts",
            CLIENT: "test_a_429_stops_every_channel_and_every_host test_a_bot_check_is_a_block "
            "test_a_body_cut_short_is_tried_again test_a_host_that_does_not_resolve_gives_way_to_the_next",
        },
    ),
    25: (
        "edits and deletions",
        {
            END: "test_an_edit_is_a_revision_and_more_views_are_none test_a_vanished_post_is_gone_when_two_runs_agree "
            "test_the_parts_of_an_album_are_not_taken_for_gone "
            "test_posts_of_three_days_are_read_again_page_by_page_though_the_newest_page_has_left_them",
        },
    ),
    26: (
        "rename",
        {
            CLIENT: "test_a_renamed_channel_is_read_on_under_its_new_name",
            ENTRIES: "test_an_edit_is_a_revision_and_a_rename_keeps_the_rows",
        },
    ),
    27: (
        "scripts and odd characters",
        {
            PAGE: "test_any_script_comes_through_in_nfc test_piled_marks_are_capped",
            ENTRIES: "test_joiners_and_variation_marks_make_none",
        },
    ),
    28: (
        "the same key by both routes",
        {
            MTPROTO: "test_an_album_under_its_lowest_id_with_the_caption_of_any_part test_a_forward",
            END: "test_a_feed_changes_its_route_without_a_duplicate_or_a_hole",
        },
    ),
    29: ("outage", {END: "test_many_that_vanish_at_once_are_an_outage_and_change_nothing"}),
    30: (
        "secrets",
        {
            MTPROTO: "test_it_comes_from_the_environment_and_is_never_shown",
            LOGS: "test_the_value_of_a_secret_variable_is_redacted_wherever_it_stands",
        },
    ),
}


def test_all_thirty_are_there() -> None:
    assert list(CASES) == list(range(1, 31))


@pytest.mark.parametrize("case", CASES)
def test_each_case_has_a_test_of_that_name(case: int) -> None:
    _, stands = CASES[case]
    for where, names in stands.items():
        for name in names.split():
            if where == GOLDEN:
                assert (TESTS / where / f"{name}.html").exists() and (TESTS / where / f"{name}.json").exists()
            else:
                assert re.search(rf"def {name}\(", (TESTS / where).read_text("utf-8")), f"{where}: {name}"
