"""Which articles to read next: some at random, the others where a reading teaches most."""

import heapq
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from typing import NamedTuple

import numpy as np
from scipy.special import logit

from classifier.annotation.tasks import Task, suggest
from classifier.arrays import Float64Array, IndexArray
from classifier.data.answers import TaggedBatch
from classifier.data.articles import AT_RANDOM, Article
from classifier.model.predictor import TopicPredictor
from classifier.text.phrases import PhraseMatcher
from classifier.text.reprints import hash_texts

UNCERTAIN, PHRASE, GIVEN = "uncertain", "phrase", "given"  # why an article is chosen, beside at random
RANDOM_SHARE = 0.25  # of a queue: the part that is honest to measure on
_REPRINT = 0.8  # cosine of TF-IDF from which two texts count as one
_CANDIDATES, _SPARE = 4, 20  # for a place in the queue, and beyond: some are chosen for another topic, or are reprints


@dataclass(frozen=True)
class QueueOptions:
    """Which articles a queue holds.

    Attributes
    ----------
    number
        How many.
    random_share
        Share of articles that are drawn at random.
    topics
        The others are near the thresholds of these topics, one in turn.
    phrases
        Half of the others have one of these phrases, or all of them if no topic is named.
    phrase_topic
        The topic for which articles with a phrase are wanted; an empty string if it is not known.
    given
        All are drawn at random from those that get this topic, to check it; an empty string: no.
    seed
        Another number draws other articles.
    """

    number: int = 200
    random_share: float = RANDOM_SHARE
    topics: Sequence[str] = ()
    phrases: Sequence[str] = ()
    phrase_topic: str = ""
    given: str = ""
    seed: int = 0


class _Candidate(NamedTuple):
    """A judged article that may be chosen."""

    key: int  # the same for the same words
    article: Article
    suggested: dict[str, float]


@dataclass
class _Best:
    """The `size` candidates of largest rank of a stream, no words twice."""

    size: int
    heap: list[tuple[float, int, _Candidate]] = field(default_factory=list)
    keys: set[int] = field(default_factory=set)
    counter: Iterator[int] = field(default_factory=count)

    def offer(self, ranks: Float64Array, candidate: Callable[[int], _Candidate]) -> None:
        """Take what belongs to the best of a batch; a rank of minus infinity is never taken."""
        for row in np.argsort(-ranks, kind="stable")[: self.size]:
            if ranks[row] == -np.inf or (len(self.heap) == self.size and ranks[row] <= self.heap[0][0]):
                return
            found = candidate(int(row))
            if found.key not in self.keys:
                self._push(float(ranks[row]), found)

    def _push(self, rank: float, found: _Candidate) -> None:
        if len(self.heap) == self.size:
            self.keys.discard(heapq.heappop(self.heap)[2].key)
        heapq.heappush(self.heap, (rank, -next(self.counter), found))
        self.keys.add(found.key)

    def ranked(self) -> list[_Candidate]:
        """Return the candidates, largest rank first."""
        return [found for _, _, found in sorted(self.heap, key=lambda entry: entry[:2], reverse=True)]


def choose_tasks(
    predictor: TopicPredictor,
    batches: Iterable[TaggedBatch],
    options: QueueOptions,
    *,
    read: Container[str] = (),
    on_known: Callable[[int], None] = lambda _: None,
) -> list[Task]:
    """Choose the articles of an archive that are worth reading; memory does not grow with the archive.

    Near a topic's threshold the model does not know, and each topic gets its turn, or the frequent ones would take all
    places (uncertainty sampling; Lewis and Gale, 1994). What that is worth: tests/benchmarks/loop.md. Articles that
    cannot be judged are left out; of reprints, one is taken.

    Parameters
    ----------
    predictor
        The model.
    batches
        The archive, tagged by it.
    options
        How many articles, and which.
    read
        Ids of articles that have been read.
    on_known
        Called with the number of articles of a batch that the model was trained on, which are left out: to read them
        would teach little, and on them it errs less than on others.

    Returns
    -------
    list
        The articles, fewer than asked for if there are no more, in random order: a reader who stops in the middle
        has read a fair part of each kind.
    """
    pools = _collect(predictor, batches, options, read, on_known)
    chosen = _choose(predictor, pools, options)
    return [chosen[row] for row in np.random.default_rng(options.seed).permutation(len(chosen))]


_Pool = tuple[str, str]  # why an article is chosen, and for which topic


def _kinds(options: QueueOptions) -> list[_Pool]:
    """Return the kinds of articles that are looked for."""
    if options.given:
        return [(GIVEN, options.given)]
    phrases = [(PHRASE, options.phrase_topic)] if options.phrases else []
    return [(AT_RANDOM, ""), *phrases, *((UNCERTAIN, topic) for topic in options.topics)]


def _collect(
    predictor: TopicPredictor,
    batches: Iterable[TaggedBatch],
    options: QueueOptions,
    read: Container[str],
    on_known: Callable[[int], None],
) -> dict[_Pool, list[_Candidate]]:
    """Return the best candidates of each kind, best first."""
    random = np.random.default_rng(options.seed)
    matcher = PhraseMatcher(options.phrases)
    best = {kind: _Best(_pool_size(options, kind)) for kind in _kinds(options)}
    for batch in batches:
        keys = hash_texts(article.text for article in batch.articles)
        eligible = np.array([not note for note in batch.predictions.notes], bool)
        eligible &= [article.id not in read for article in batch.articles]
        is_known = np.isin(keys, predictor.trained_on)
        on_known(int((eligible & is_known).sum()))
        eligible &= ~is_known

        def candidate(row: int, batch: TaggedBatch = batch, keys: IndexArray = keys) -> _Candidate:
            said = batch.predictions
            return _Candidate(
                int(keys[row]), batch.articles[row], suggest(said.classes, said.probabilities[row], said.y_pred[row])
            )

        for kind, pool in best.items():
            ranks = _ranks(predictor, batch, kind, matcher, random.random(len(batch)))
            pool.offer(np.where(eligible, ranks, -np.inf), candidate)
    return {kind: pool.ranked() for kind, pool in best.items()}


def _ranks(
    predictor: TopicPredictor, batch: TaggedBatch, kind: _Pool, matcher: PhraseMatcher, random: Float64Array
) -> Float64Array:
    """Return how good the articles of a batch are for a kind, (articles,); minus infinity if they are none of it."""
    reason, topic = kind
    if reason == PHRASE:
        found = matcher.find([article.text for article in batch.articles])
        return np.where(found.any(axis=1), random, -np.inf)
    if reason == AT_RANDOM:
        return random
    column = predictor.classes.index(topic)
    if reason == GIVEN:
        return np.where(batch.predictions.y_pred[:, column] == 1, random, -np.inf)
    return -np.abs(margins_of(predictor, batch.predictions.probabilities)[:, column])


def margins_of(predictor: TopicPredictor, probabilities: Float64Array) -> Float64Array:
    """Return by how much log-odds exceed those of the topic's threshold, (texts, topics)."""
    margins: Float64Array = logit(probabilities) - logit(predictor.thresholds)
    return margins


def _pool_size(options: QueueOptions, kind: _Pool) -> int:
    places = options.number if kind[0] != UNCERTAIN else -(-options.number // len(options.topics))
    return _CANDIDATES * places + _SPARE


def _choose(predictor: TopicPredictor, pools: dict[_Pool, list[_Candidate]], options: QueueOptions) -> list[Task]:
    """Deal the places of the queue: to random articles, then to those with a phrase, then to the topics in turn."""
    fresh = _Fresh(predictor, [found for pool in pools.values() for found in pool])
    streams = {kind: fresh.of(pool) for kind, pool in pools.items()}
    number = min(options.number, len(fresh))
    at_random = round(number * options.random_share)
    turns = [kind for kind in pools if kind[0] == UNCERTAIN]
    places = {AT_RANDOM: at_random, PHRASE: (number - at_random) // (2 if turns else 1), GIVEN: number}
    chosen = []
    for kind in [kind for kind in pools if kind not in turns]:
        chosen += [_task(found, kind) for found in islice(streams[kind], places[kind[0]])]
    for kind in cycle(list(turns)):
        if len(chosen) == number or not turns:
            break
        found = next(streams[kind], None) if kind in turns else None
        if found is not None:
            chosen.append(_task(found, kind))
        elif kind in turns:
            turns.remove(kind)
    return chosen


def _task(found: _Candidate, kind: _Pool) -> Task:
    return Task(found.article, found.suggested, *kind)


class _Fresh:
    """Tells which candidates have not been chosen yet, nor a text that nearly repeats them."""

    def __init__(self, predictor: TopicPredictor, candidates: Sequence[_Candidate]) -> None:
        texts = {found.key: found.article.text for found in candidates}
        self._row = {key: row for row, key in enumerate(texts)}
        rows = predictor.extractor.transform(texts.values()).text
        self._alike = (rows @ rows.T).tocsr()
        self._taken = np.zeros(len(texts), bool)

    def __len__(self) -> int:
        """Return how many candidates there are."""
        return len(self._taken)

    def of(self, pool: Iterable[_Candidate]) -> Iterator[_Candidate]:
        """Yield candidates of a pool that are fresh at the moment when they are asked for, and take them."""
        for found in pool:
            row = self._row[found.key]
            alike = self._alike[row]
            if not self._taken[row] and not self._taken[alike.indices[alike.data > _REPRINT]].any():
                self._taken[row] = True
                yield found
