"""What clients send and get, as the OpenAPI document tells it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, FailFast, Field, model_validator

from classifier.data.answers import OutputOptions
from classifier.data.articles import Article, with_title
from classifier.model.predictions import Mode
from classifier.topics import NameKind

_TITLE = "Глава МИД прибыл в Дели"
_TEXT = "На переговорах министры обсудят поставки зенитных систем и совместное производство вооружений."
_ARTICLE: dict[str, Any] = {"id": "17", "title": _TITLE, "text": _TEXT}
_ANSWER: dict[str, Any] = {
    "id": "17",
    "topics": ["defense-cooperation", "diplomacy"],
    "probabilities": [0.8637, 0.8084],
    "note": "",
}
_WORD: dict[str, Any] = {"start": 107, "end": 117, "form": "вооружений", "lemma": "вооружение", "weight": 1.4337}
_REASON: dict[str, Any] = {
    "id": "defense-cooperation",
    "given": True,
    "probability": 0.8637,
    "threshold": 0.3493,
    "score": 3.5943,
    "log_odds": 1.8462,
    "intercept": -1.2958,
    "words": [_WORD],
}
_SPORT = {
    "id": "sport",
    "ru": "Спорт",
    "en": "Sport",
    "definition_ru": "Соревнования, клубы, спортсмены, допинг, трансферы",
    "definition_en": "Competitions, clubs, athletes, doping, transfers",
    "iptc": "medtop:15000000",
    "iptc_name": "sport",
    "iptc_uri": "http://cv.iptc.org/newscodes/mediatopic/15000000",
}
_MODEL: dict[str, Any] = {
    "name": "my-model",
    "version": "0.10.0",
    "created": "2026-11-29T16:15:27+00:00",
    "topics": 45,
    "texts": 21254,
    "sha256": "9c8235a867310ad5162de2b331e9aeb010511c61b9cf9bf4cf339b394810f47d",
    "feedback": False,
    "max_articles": 100_000,
    "max_body": 64_000_000,
}
_PROBLEM: dict[str, Any] = {
    "type": "about:blank",
    "title": "Unprocessable Entity",
    "status": 422,
    "detail": "text is missing: send it",
}
Probability = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Text = Annotated[str, Field(description="The article, with or without its headline.")]
Title = Annotated[str | None, Field(description="The headline, if the text does not begin with it.")]
TopicId = Annotated[str, Field(max_length=200)]
_AnyId = Annotated[str, Field(max_length=1000)] | int | None
Id = Annotated[_AnyId, Field(description="Comes back in the answer; if there is none, the article's number.")]
LabelId = Annotated[
    _AnyId,
    Field(
        description="Names the article in the labels; if there is none, a hash of its text does. "
        "The same id again replaces the earlier correction."
    ),
]


def _example(content: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [content]})


def _sample(content: Any) -> ConfigDict:
    """Return what shows a part of an answer; long lists of it are cut."""
    return ConfigDict(json_schema_extra={"examples": [content]})


class Options(BaseModel):
    """Which topics an article gets, and what is told about them; as the options of ``news-topics predict``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    names: Annotated[NameKind | None, Field(description="Add names of the topics.")] = None
    all: Annotated[bool, Field(description="Add the probability of each topic, under its id.")] = False
    mode: Annotated[Mode | None, Field(description="sure: fewer topics; complete: more; if not said: balanced.")] = None
    min_probability: Annotated[
        Probability | None, Field(description="Give topics of at least this probability, instead of a mode.")
    ] = None

    @model_validator(mode="after")
    def _one_choice(self) -> "Options":
        if self.mode is not None and self.min_probability is not None:
            raise ValueError("mode and min_probability both choose the topics: take one")
        return self

    def output(self) -> OutputOptions:
        """Return the options as the writers take them."""
        chosen = self.min_probability or self.mode or "balanced"
        return OutputOptions("jsonl", self.names, self.all, mode=chosen)


class ArticleIn(BaseModel):
    """An article."""

    model_config = _example(_ARTICLE)

    text: Text
    title: Title = None
    id: Id = None

    def article(self, number: int = 1) -> Article:
        """Return it as the package knows it."""
        identifier = str(number if self.id in (None, "") else self.id)
        return Article(identifier, with_title(self.title, self.text), {}, f"article {number}", self.title or "")


class PredictIn(Options, ArticleIn):
    """An article, and what to tell about it."""

    model_config = _example({**_ARTICLE, "names": "en"})


class BatchIn(Options):
    """Articles, and what to tell about them."""

    model_config = _example({"articles": [_ARTICLE]})

    articles: Annotated[list[ArticleIn], FailFast()]  # the mistakes of millions would take gigabytes


class ExplainIn(ArticleIn):
    """An article, and topics that are to be explained though it does not get them."""

    model_config = _example({**_ARTICLE, "topics": ["sport"]})

    topics: Annotated[list[str], Field(description="Ids of topics: why not these?", max_length=100)] = []
    mode: Mode | None = None


class FeedbackIn(ArticleIn):
    """An article, and all topics that it has in the eyes of a reader."""

    model_config = _example({**_ARTICLE, "topics": ["diplomacy"]})

    id: LabelId = None
    topics: Annotated[list[TopicId], Field(description="Ids of all its topics; none: it has none.", max_length=100)]
    new_topics: Annotated[
        bool, Field(description="Take topics that the model lacks, for `news-topics extend` to learn.")
    ] = False


class FeedbackOut(BaseModel):
    """That a correction is written."""

    replaced: Annotated[
        list[str] | None, Field(description="Topics of an earlier correction of this article, if there was one.")
    ]


class Answer(BaseModel):
    """What is told about an article: the object that ``news-topics predict`` writes as a JSON line."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [_ANSWER]})

    id: str
    topics: Annotated[list[str], Field(description="Ids, most probable first.")]
    probabilities: Annotated[list[float], Field(description="Theirs, in the same order.")]
    names: Annotated[list[str] | None, Field(description="Theirs, if asked for.")] = None
    note: Annotated[
        Literal["", "not Russian", "no words"], Field(description="Why the article could not be judged, if so.")
    ]


class Answers(BaseModel):
    """An answer for each article, in their order."""

    model_config = _sample({"answers": [_ANSWER]})

    answers: list[Answer]


class DocumentOut(BaseModel):
    """The text of a document: a line for each paragraph, the headline first."""

    model_config = _sample({"text": f"{_TITLE}\n{_TEXT}"})

    text: str


class WordOut(BaseModel):
    """A word, from character `start` to `end` of the title, a line break and the text, and what it adds."""

    start: int
    end: int
    form: str
    lemma: str
    weight: float


class ReasonOut(BaseModel):
    """Why an article has a topic, or does not have it; as ``news-topics explain`` prints it."""

    id: str
    given: bool
    probability: float
    threshold: float
    score: float | None
    log_odds: float | None
    intercept: float
    words: list[WordOut]


class ExplanationOut(BaseModel):
    """The reasons for each topic that the article gets, then for those asked for; else for the most probable one."""

    model_config = _sample({"id": "17", "topics": [_REASON]})

    id: str
    topics: list[ReasonOut]


class TopicOut(BaseModel):
    """A topic of the model; one of your own has its id as its names, and no definition."""

    id: str
    ru: str
    en: str
    definition_ru: str
    definition_en: str
    iptc: str
    iptc_name: str
    iptc_uri: str


class TopicsOut(BaseModel):
    """The topics of the model."""

    model_config = _sample({"topics": [_SPORT]})

    topics: list[TopicOut]


class ModelOut(BaseModel):
    """Which model answers, and what this service does."""

    model_config = _sample(_MODEL)

    name: Annotated[str, Field(description="Of the model folder.")]
    version: Annotated[str, Field(description="Of news-topics.")]
    created: str | None
    topics: Annotated[int, Field(description="How many there are.")]
    texts: Annotated[int | None, Field(description="On how many articles it was trained.")]
    sha256: str
    feedback: Annotated[bool, Field(description="Whether /v1/feedback takes corrections.")]
    max_articles: Annotated[int, Field(description="Articles of a request.")]
    max_body: Annotated[int, Field(description="Bytes of a request.")]


class StatusOut(BaseModel):
    """That the service is there."""

    model_config = ConfigDict(extra="allow")

    status: str


class ProblemOut(BaseModel):
    """An error (RFC 9457): `detail` says in one line what is wrong and what to do."""

    model_config = _sample(_PROBLEM)

    type: str
    title: str
    status: int
    detail: str
