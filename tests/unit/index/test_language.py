from __future__ import annotations

import pytest

from recall_lsp.index.language import detect_language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "All the work was done in about twenty-five minutes, and the rest was left to itself."),
        ("de", "Vielleicht behält man nicht, was man festhält, sondern das, was man oft genug losgelassen hat."),
        ("fr", "Nous avons planté trois pommiers derrière la maison et attendu le printemps suivant."),
        ("es", "La biblioteca cierra a las ocho, pero los domingos abre para los niños del barrio."),
        ("ru", "Вчера мы долго гуляли по набережной и говорили о книгах, которые не дочитали."),
        ("ja", "宿のおかみさんが、台所の床下からぬか床の壺を出して見せてくれた。"),
        ("ja", "第三次世界大戦後国際政治経済体制の変化を論じる。"),
        ("zh", "读书笔记应该用自己的话来写，这样才能真正记住。"),
        ("ko", "어제 읽은 책에 대해 메모를 썼다. 다시 읽으니 새롭다."),
        ("th", "เมื่อวานฉันอ่านหนังสือและจดบันทึกไว้ในสมุด"),
    ],
)
def test_languages_are_told(language: str, text: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["", "Short note.", "2024-01-01 12:00 | 37 | 99.5 | " * 20, "...---..." * 40])
def test_too_few_letters_are_no_language(text: str) -> None:
    assert detect_language(text) == ""


def test_a_japanese_quotation_does_not_make_an_english_note_japanese() -> None:
    text = "The innkeeper called it 待つあいだ, the time of waiting, and laughed about my hurry to get on the road."
    assert detect_language(text) == "en"
