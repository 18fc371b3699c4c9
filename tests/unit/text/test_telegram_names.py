"""Channel names in every form that people paste."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.telegram_names import channel_name, name_of, post_of, spelled_name, stable_link


@pytest.mark.parametrize(
    "pasted",
    [
        "Quay_Observer",
        "@Quay_Observer",
        " quay_observer\u00a0",
        "\u200bQuay_Observer\u200e\n",
        "t.me/Quay_Observer",
        "https://t.me/Quay_Observer/",
        "HTTPS://T.ME/s/QUAY_OBSERVER",
        "https://t.me/s/Quay_Observer?before=120",
        "https://t.me/Quay_Observer/123?single",
        "t.me/@Quay_Observer",
        "Quay_Observer.t.me",
        "https://quay_observer.t.me/",
        "http://telegram.me/Quay_Observer",
        "telegram.dog/Quay_Observer#about",
        "www.t.me/Quay_Observer",
        "tg://resolve?domain=Quay_Observer&post=12",
        "https://web.telegram.org/k/#@Quay_Observer",
    ],
)
def test_all_forms_fold_to_one_name(pasted: str) -> None:
    assert channel_name(pasted) == "quay_observer"


def test_the_spelling_can_be_kept() -> None:
    assert spelled_name("https://t.me/s/Quay_Observer") == "Quay_Observer"


@pytest.mark.parametrize(
    "private",
    [
        "https://t.me/joinchat/AAAAAE",
        "joinchat/AAAAAE",
        "https://t.me/+AbCdEfGh",
        "+AbCdEfGh",
        "t.me/c/1500200300/17",
        "tg://join?invite=AbCd",
        "tg://privatepost?channel=1500200300&post=17",
        "https://web.telegram.org/a/#-1001500200300",
    ],
)
def test_private_links_are_refused_with_what_to_write(private: str) -> None:
    with pytest.raises(ValueError, match=r"private invitation or message.*write the channel's name"):
        channel_name(private)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "abc",
        "1quay",
        "two words",
        "имя_канала",
        "a" * 33,
        "https://example.org/Quay_Observer",
        "t.me/",
        "-100150",
    ],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        channel_name(text)


@pytest.mark.parametrize(
    "link", ["t.me/addstickers/Quays", "https://t.me/share/url?url=x", "t.me/proxy?server=x"]
)
def test_links_to_other_things_are_refused(link: str) -> None:
    with pytest.raises(ValueError, match="leads to no channel"):
        channel_name(link)


@given(st.text(max_size=60))
def test_anything_else_is_a_name_or_a_clear_refusal(text: str) -> None:
    try:
        name = channel_name(text)
    except ValueError:
        return
    assert channel_name(name) == name == name.lower()


def test_links_to_posts_are_read_wherever_they_lead() -> None:
    for link in (
        "https://t.me/Quay_Observer/7",
        "//t.me/s/Quay_Observer/7?single",
        "/Quay_Observer/7",
        "https://telegram.dog/Quay_Observer/7",
    ):
        assert post_of(link) == ("Quay_Observer", 7)
    for link in (
        "https://t.me/c/150/7",
        "https://quay.example/Quay_Observer/7",
        "https://t.me/Quay_Observer",
        "https://t.me/Quay/0",
        "//[",
        f"https://t.me/Quay/{10**18 * 9_9}",
    ):
        assert post_of(link) is None


def test_telegram_links_get_one_spelling_and_others_are_left_alone() -> None:
    assert stable_link("https://telegram.me/s/Quay_Observer/7?single#x") == "https://t.me/Quay_Observer/7"
    assert stable_link("https://telegram.dog/Quay_Observer") == "https://t.me/Quay_Observer"
    assert stable_link("https://t.me/+abc") == "https://t.me/+abc"
    assert stable_link("https://quay.example/Quay/7") == "https://quay.example/Quay/7"
    assert name_of("https://t.me/Quay_Observer/7") is None
