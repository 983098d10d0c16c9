"""The topics as a thesaurus: what another program reads in it."""

import pytest

from classifier.data.skos import SCHEME, to_turtle, topic_uri
from classifier.topics import taxonomy

rdflib = pytest.importorskip("rdflib", reason="rdflib is not installed: pip install '.[dev]'")
DCTERMS, RDF, SKOS = rdflib.DCTERMS, rdflib.RDF, rdflib.SKOS


def graph(topics):
    return rdflib.Graph().parse(data=to_turtle(topics), format="turtle")


def test_every_topic_is_a_concept_of_the_scheme():
    found = graph(list(taxonomy()))
    scheme = rdflib.URIRef(SCHEME)
    assert set(found.subjects(RDF.type, SKOS.ConceptScheme)) == {scheme}
    concepts = set(found.subjects(RDF.type, SKOS.Concept))
    assert concepts == {rdflib.URIRef(topic_uri(topic)) for topic in taxonomy()}
    assert concepts == set(found.subjects(SKOS.inScheme, scheme)) == set(found.subjects(SKOS.topConceptOf, scheme))
    assert {title.language for title in found.objects(scheme, DCTERMS.title)} == {"ru", "en"}


def test_labels_and_definitions_are_russian_and_english():
    found = graph(list(taxonomy()))
    for topic in taxonomy().values():
        concept = rdflib.URIRef(topic_uri(topic.id))
        labels = {rdflib.Literal(topic.ru, "ru"), rdflib.Literal(topic.en, "en")}
        definitions = {rdflib.Literal(topic.definition_ru, "ru"), rdflib.Literal(topic.definition_en, "en")}
        assert set(found.objects(concept, SKOS.prefLabel)) == labels
        assert set(found.objects(concept, SKOS.definition)) == definitions
        assert set(found.objects(concept, SKOS.notation)) == {rdflib.Literal(topic.id)}


def test_matches_with_media_topics_are_exact_close_or_broad():
    found = graph(list(taxonomy()))
    kinds = {"exact": SKOS.exactMatch, "close": SKOS.closeMatch, "broad": SKOS.broadMatch}
    assert {topic.iptc_match for topic in taxonomy().values()} == set(kinds)
    for topic in taxonomy().values():
        address = rdflib.URIRef(f"http://cv.iptc.org/newscodes/mediatopic/{topic.iptc.split(':')[1]}")
        matches = [
            (kind, match)
            for kind in kinds.values()
            for match in found.objects(rdflib.URIRef(topic_uri(topic.id)), kind)
        ]
        assert matches == [(kinds[topic.iptc_match], address)]


def test_a_strange_topic_does_no_harm():
    names = ['a"b\\c', "<x> .\n<y>", "погода", "\x1b[2J\x9b", "a\ud800", " ", "'''", "\0", "\u2028"]
    found = graph(names)
    notations = {str(value) for value in found.objects(None, SKOS.notation)}
    assert notations == {name.replace("\ud800", "?") for name in names}
    assert len(set(found.subjects(RDF.type, SKOS.Concept))) == len(names)
    assert not {"\x1b", "\x9b", "\0"} & set(to_turtle(names))
