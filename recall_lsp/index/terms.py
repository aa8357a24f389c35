"""Text to index terms: lower-cased, accents folded, stemmed by language; bigrams where no spaces part the words.

Notes and queries go through the same function, so what is written one way is found the other.  The work is
done by Tantivy's analysers; only scripts written without spaces are cut here, because Tantivy's tokenizers
take a whole run of them for one word.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import stopwordsiso
from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

STEMMERS = {
    "ar": "Arabic", "da": "Danish", "nl": "Dutch", "en": "English", "fi": "Finnish", "fr": "French",
    "de": "German", "el": "Greek", "hu": "Hungarian", "it": "Italian", "no": "Norwegian", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "es": "Spanish", "sv": "Swedish", "ta": "Tamil", "tr": "Turkish",
}  # fmt: skip

# Han, kana, Hangul, Thai, Lao, Khmer, Burmese: words are not parted by spaces, or (Korean) carry endings.
UNSPACED = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0002ffff\uac00-\ud7af\u1100-\u11ff\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f"
)
_RUN = re.compile(f"[{UNSPACED}]+")
_WORD = re.compile(rf"[^\W{UNSPACED}]+|[{UNSPACED}]+")
_LONGEST_TERM = 40


def terms(text: str, language: str) -> list[str]:
    """The index terms of `text`, in reading order (bigrams after the words), with repeats."""
    # A lone surrogate (from a broken file or client) cannot pass into Tantivy.
    text = text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
    if text.isascii() or not _RUN.search(text):
        return _analyzer(language).analyze(text)
    found = _analyzer(language).analyze(_RUN.sub(" ", text))
    for run in _RUN.findall(text):
        found.extend(run[at : at + 2] for at in range(max(1, len(run) - 1)))
    return found


@lru_cache(maxsize=20_000)
def word_terms(word: str, language: str) -> tuple[str, ...]:
    """The same of one word, remembered."""
    return tuple(terms(word, language))


@cache
def stop_terms(language: str) -> frozenset[str]:
    """The terms that tell nothing by themselves in a language ("this", "have"); none where it is not known."""
    if not stopwordsiso.has_lang(language):
        return frozenset()
    return frozenset(terms(" ".join(stopwordsiso.stopwords(language)), language))


def is_unspaced(letter: str) -> bool:
    """Whether a letter is of a script that is cut into pairs."""
    return _RUN.match(letter) is not None


def words(text: str) -> list[tuple[int, int]]:
    """Spans of the words (or runs of unspaced script) in `text`, as the writer sees them."""
    return [match.span() for match in _WORD.finditer(text)]


@cache
def _analyzer(language: str) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(_LONGEST_TERM))
    builder = builder.filter(Filter.lowercase()).filter(Filter.ascii_fold())
    if language in STEMMERS:
        builder = builder.filter(Filter.stemmer(STEMMERS[language]))
    return builder.build()
