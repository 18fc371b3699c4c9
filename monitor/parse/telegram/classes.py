"""The classes of the preview that we know. Another one is recorded once: the page may be about to change."""

from __future__ import annotations

PREFIX = "tgme_widget_message"

_PARTS = """
author author_name bubble bubble_tail bubble_logo centered contact contact_icon contact_name contact_phone
contact_wrap contact_photo_wrap date document document_extra document_icon document_thumb document_title document_wrap
footer forwarded_from forwarded_from_author forwarded_from_name from_author game grouped grouped_layer grouped_wrap
info inline_button inline_button_text inline_keyboard inline_row inline_button_url inline_button_icon
invoice invoice_wrap invoice_title invoice_description
link_preview location location_icon location_info location_title location_address location_wrap meta metatext
owner_labels owner_name photo photo_wrap poll poll_option poll_option_bar poll_option_percent poll_option_text
poll_option_value poll_options poll_question poll_type reactions reply reply_thumb reply_content roundvideo
roundvideo_border roundvideo_duration roundvideo_muted roundvideo_play roundvideo_player roundvideo_progress
roundvideo_progress_wrap roundvideo_thumb roundvideo_wrap
service_date service_date_wrap service_photo sticker sticker_wrap text tgsticker tgsticker_wrap user user_photo
via_bot video video_blured video_blured_wrap video_player video_thumb video_wrap videosticker videosticker_wrap
views voice voice_duration voice_play voice_player voice_progress voice_progress_bg voice_progress_wrap voice_wrap
voters wrap pinned error
"""

KNOWN = frozenset({PREFIX, *(f"{PREFIX}_{part}" for part in _PARTS.split())})

SAFE_CHILDREN = frozenset(
    {
        "media_supported_cont",
        "media_not_supported_cont",
        "message_media_not_supported_wrap",
        "message_media_not_supported",
        "js-message_text",
        "js-message_grouped_wrap",
        "js-poll",
    }
)
"""Children of a bubble without the prefix that may hold text."""


def is_unknown(token: str) -> bool:
    """Whether a class is of the preview's messages and new to us."""
    return token.startswith(f"{PREFIX}_") and token not in KNOWN
