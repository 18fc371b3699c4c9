"""Names declined by rule."""

from __future__ import annotations

import pytest

from monitor.annotate.caseforms import forms_of


@pytest.mark.parametrize(
    ("name", "language", "some"),
    [
        ("Иран", "ru", {"Ирана", "Ирану", "Ираном", "Иране"}),
        ("Россия", "ru", {"России", "Россию", "Россией"}),
        ("Польша", "ru", {"Польши", "Польшу", "Польшей"}),
        ("Израиль", "ru", {"Израиля", "Израилем"}),
        ("Нидерланды", "ru", {"Нидерландов", "Нидерландами"}),
        ("Саудовская Аравия", "ru", {"Саудовск* Арави*"}),
        ("Київ", "uk", {"Києва", "Києву", "Києві"}),
        ("Харків", "uk", {"Харкова", "Харкові"}),
        ("Прага", "uk", {"Праги", "Празі"}),
        ("Росія", "uk", {"Росії", "Росією"}),
        ("العراق", "ar", {"للعراق"}),
        ("이란", "ko", {"이란군", "이란산"}),
        ("ایران", "fa", {"ایرانی"}),
    ],
)
def test_forms(name: str, language: str, some: set[str]) -> None:
    assert some | {name} <= set(forms_of(name, language))


@pytest.mark.parametrize("name", ["Чили", "США", "иранск*", "Конго"])
def test_what_does_not_decline_stays(name: str) -> None:
    assert forms_of(name, "ru") == (name,)
