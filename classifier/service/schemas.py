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
Probability = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Text = Annotated[str, Field(description="The article, with or without its headline.")]
Title = Annotated[str | None, Field(description="The headline, if the text does not begin with it.")]
TopicId = Annotated[str, Field(max_length=200)]
Id = Annotated[
    Annotated[str, Field(max_length=1000)] | int | None,
    Field(description="Comes back in the answer; if there is none, the article's number."),
]


def _example(content: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [content]})


class Options(BaseModel):
    """Which topics an article gets, and what is told about them; as the options of ``news-topics predict``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    names: Annotated[NameKind | None, Field(description="Add names of the topics.")] = None
    all: Annotated[bool, Field(description="Add the probability of each topic, under its id.")] = False
    mode: Annotated[Mode | None, Field(description="sure: fewer topics; complete: more.")] = None
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

    answers: list[Answer]


class DocumentOut(BaseModel):
    """The text of a document: a line for each paragraph, the headline first."""

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

    topics: list[TopicOut]


class ModelOut(BaseModel):
    """Which model answers, and what this service does."""

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

    type: str
    title: str
    status: int
    detail: str
