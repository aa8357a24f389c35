"""Whether a compiled model and its original agree: on which texts, and by which figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SAMPLE = 128
"""Passages compared: enough for two digits, some 3 s."""


def choose_sample(sample: Sequence[str]) -> list[str]:
    """Up to SAMPLE different texts, evenly spaced; our own sentences fill up a small sample."""
    clean = (text.encode("utf-8", "replace").decode("utf-8") for text in sample if text.strip())
    texts = list(dict.fromkeys(clean))
    if len(texts) < len(SENTENCES):
        texts += SENTENCES
    step = max(1.0, len(texts) / SAMPLE)
    return [texts[int(place * step)] for place in range(min(SAMPLE, len(texts)))]


def agreement(wanted: NDArray[np.float32], found: NDArray[np.float32]) -> tuple[float, float]:
    """Mean cosine of the rows, and the shared part of each row's ten nearest others, for unit rows [n, dims]."""
    cosine = float(np.mean(np.sum(wanted * found, axis=1)))
    pairs = zip(_nearest(wanted), _nearest(found), strict=True)
    return cosine, float(np.mean([len(set(left) & set(right)) / len(left) for left, right in pairs]))


def _nearest(vectors: NDArray[np.float32], count: int = 10) -> list[list[int]]:
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -np.inf)
    ranked: list[list[int]] = np.argsort(-scores, axis=1, kind="stable")[:, : min(count, len(vectors) - 1)].tolist()
    return ranked


# Eight to a subject, so that nearest neighbours mean something; the last subject is in other languages.
SENTENCES = tuple(
    line
    for line in """
I read for an hour before the house woke, and wrote three lines in the margin.
Most of what I underline I never look at again, which makes me wonder why I underline.
A book that argues with you is better company than one that agrees.
The second reading of the essay took longer than the first and gave me more.
I keep a list of books that friends mention twice.
Quotations copied by hand stay with me; those that I paste are gone by evening.
The library lends out seeds as well as novels now.
Her diaries are funnier than her published letters.
The meeting ran over because nobody had written down what we were to decide.
We agreed to ship on Thursday and to tell the customers on Friday.
Estimates get better when the person who does the work makes them.
I would rather have one clear owner than three careful reviewers.
The budget for next quarter is flat, so hiring has to wait.
Write the announcement first; if it is dull, the project probably is too.
A short weekly note to the team replaced most of our status calls.
He left the company after nine years and took the good jokes with him.
The server ran out of file handles because each request opened a new connection.
To undo the last commit but keep the changes, reset softly to the one before it.
An index on the date column brought the query from four seconds to ten milliseconds.
The test passes alone and fails in the suite, so some state must leak between them.
Caches are easy to fill and hard to empty at the right moment.
Use a lock file so that two copies of the script never run at once.
The compiler's message pointed at the wrong line, as it often does with macros.
Run the migration on a copy of the database before you touch the real one.
Soak the beans overnight and throw the water away.
The bread rose twice as fast in July as it did in January.
Salt the aubergines, wait half an hour, then dry them with a cloth.
A spoonful of vinegar at the end wakes up a tired soup.
My grandmother measured flour by the sound of it falling into the bowl.
Roast the pumpkin seeds with paprika until they start to jump.
The market had the first apricots today, small and sour.
Coffee tastes of very little when the water is not hot enough.
We walked along the ridge until the fog hid the next marker.
The night train reached the border at four and stood there until six.
From the ferry the island looks like a sleeping dog.
Pack less than you think; every hill will thank you.
The old road follows the river, the new one cuts through the mountain.
We missed the last bus and slept in the waiting room of the harbour.
Storks were nesting on the chimney of the closed factory.
It rained for eleven of our fourteen days, and we would go back tomorrow.
Sleep debt shows up in my mood two days later, not the next morning.
The doctor said that the knee needs strength, not rest.
Running slowly felt like failing until I saw what it did to my pulse.
She meditates for ten minutes and claims to be bored for nine of them.
Allergies start here when the birches flower, around the middle of April.
I stopped weighing myself and started counting walks.
Anxiety makes every small task look like the first of a hundred.
The dentist found nothing, which was worth the money.
Memory is rebuilt each time we recall something, and a little of the present gets in.
The speed of light is the same for every observer, however fast they move.
Bees tell each other where the flowers are by dancing in the dark of the hive.
A theory that explains every possible result explains nothing.
Glaciers keep the air of former centuries in small bubbles.
Two correlated measures may share a cause or may simply share a season.
The moon moves away from us by about the width of two fingers a year.
Vaccines teach the body with a harmless picture of the enemy.
Ich schreibe jeden Abend auf, was ich am Tag gelernt habe.
Der Zug nach Hamburg hatte wieder eine Stunde Verspätung.
Nous avons planté trois pommiers derrière la maison.
La mémoire n'est pas un tiroir, c'est un atelier.
La biblioteca cierra a las ocho y abre los domingos.
Ho imparato a cucinare guardando mia madre.
昨日読んだ本についてメモを書いた。
Вчера мы долго гуляли по набережной и говорили о книгах.
""".splitlines()
    if line
)
