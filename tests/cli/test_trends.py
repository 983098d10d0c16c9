"""``news-topics trends``, as a newsroom uses it."""

import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from classifier.trends.shares import COLUMNS
from tests.conftest import EXAMPLES


@pytest.fixture(scope="module")
def articles(tmp_path_factory):
    """Articles of two outlets and months, of which one is printed again on the next day, and a month later."""
    table = pd.read_csv(EXAMPLES / "train.csv").fillna("").head(46)[["title", "text"]]
    table = pd.concat([table, table.head(1), table.head(1)], ignore_index=True)
    table["id"] = [f"a{number}" for number in range(len(table))]
    table["date"] = [f"2023-{5 + number % 2:02}-{number % 3 + 1:02}" for number in range(len(table))]
    table["source"] = ["Агентство" if number % 3 else "Портал" for number in range(len(table))]
    path = tmp_path_factory.mktemp("trends") / "news.csv"
    table.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def tagged(articles, tmp_path_factory):
    from click.testing import CliRunner

    from classifier.cli.predict import predict

    path = tmp_path_factory.mktemp("tagged") / "tagged.jsonl"
    keep = [option for name in ("date", "source", "title") for option in ("--keep", name)]
    CliRunner().invoke(predict, [str(articles), "-o", str(path), *keep], catch_exceptions=False)
    return path


def table_of(result):
    return pd.DataFrame(map(json.loads, result.out.splitlines()))


def test_shares_of_tagged_articles_are_printed(run, tagged):
    result = run("trends", tagged, "--min-articles", 10)
    table = table_of(result)
    assert result.code == 0 and list(table.columns) == COLUMNS
    assert table.groupby("period").all_articles.first().to_dict() == {"2023-05": 24, "2023-06": 24}
    assert (table.low <= table.share).all() and (table.share <= table.high).all()
    assert "48 articles counted, 2023-05 to 2023-06" in result.err
    assert "reprints are not known" in result.err and "not corrected" in result.err


def test_periods_that_are_too_small_are_told_with_advice(run, tagged, tmp_path):
    page = tmp_path / "trends.html"
    result = run("trends", tagged, "--html", page, "--lang", "en")
    assert "all 2 periods have under 30 articles and so no shares: --by longer ones, or --min-articles" in result.err
    assert "There are no shares: each period has fewer than 30 articles." in page.read_text(encoding="utf-8")
    split = run("trends", tagged, "--split", "source", "--min-articles", 10)
    assert "2 of 4 periods of groups have under 10 articles" in split.err
    assert "no shares" not in run("trends", tagged, "--min-articles", 10).err


def test_articles_are_tagged_first_and_their_reprints_found(run, articles):
    result = run("trends", articles, "--min-articles", 10)
    assert table_of(result).groupby("period").all_articles.first().to_dict() == {"2023-05": 23, "2023-06": 24}
    assert "47 articles counted, 2023-05 to 2023-06; left out: 1 reprint\n" in result.err
    every = run("trends", articles, "--min-articles", 10, "--count", "all")
    assert table_of(every).groupby("period").all_articles.first().sum() == 48


def test_reprints_of_tagged_articles_are_told_by_a_table(run, articles, tagged, tmp_path):
    run("duplicates", articles, "-o", tmp_path / "clusters.csv")
    result = run("trends", tagged, "--duplicates", tmp_path / "clusters.csv")
    assert "47 articles counted" in result.err and "reprints are not known" not in result.err
    few = pd.read_csv(tmp_path / "clusters.csv").head(40)
    few.to_csv(tmp_path / "few.csv", index=False)
    assert "8 articles not in" in run("trends", tagged, "--duplicates", tmp_path / "few.csv").err


def test_a_table_and_a_page_are_written(run, tagged, tmp_path):
    table, page = tmp_path / "t.csv", tmp_path / "t.html"
    options = ("trends", tagged, "--by", "year", "--split", "source", "--topic", "culture", "--min-articles", 5)
    result = run(*options, "-o", table, "--html", page, "--lang", "ru")
    assert result.code == 0 and result.out == ""
    assert pd.read_csv(table).group.tolist() == ["Агентство", "Портал"]
    written = page.read_text(encoding="utf-8")
    assert 'lang="ru"' in written and "Культура и искусство" in written and "<script" not in written
    again = run(*options, "-o", table, "--html", page, "--lang", "en")
    assert again.code == 0 and "Arts and culture" in page.read_text(encoding="utf-8")


def test_files_that_it_did_not_write_stay(run, tagged, tmp_path):
    (tmp_path / "mine.csv").write_text("my work\n", encoding="utf-8")
    (tmp_path / "mine.html").write_text("<p>my work", encoding="utf-8")
    for option, name in (("-o", "mine.csv"), ("--html", "mine.html")):
        result = run("trends", tagged, option, tmp_path / name)
        assert result.code == 2 and "--force" in result.err
        assert "my work" in (tmp_path / name).read_text(encoding="utf-8")
    assert run("trends", tagged, "-o", tagged).code == 2


def test_what_was_read_corrects_the_shares(run, tagged, tmp_path):
    answers = pd.read_json(tagged, lines=True)
    read = pd.DataFrame({"id": answers.id, "topics": answers.topics.str.join(";"), "chosen": "random"})
    read.loc[40:, "chosen"] = "uncertain"
    read.to_csv(tmp_path / "checked.csv", index=False)
    result = run("trends", tagged, "--by", "year", "--checked", tmp_path / "checked.csv")
    table = table_of(result).set_index("topic")
    assert "8 articles of" in result.err and "corrected by 40 articles that were read" in result.err
    assert "too rare to be corrected are" in result.err and "told of shares as they are counted" not in result.err
    enough = table.dropna(subset="corrected")
    assert len(enough) and (enough.corrected == enough.share).all()
    assert table.corrected.isna().any()


def test_it_says_if_nobody_knows_how_the_articles_were_chosen(run, tagged, tmp_path):
    (tmp_path / "checked.csv").write_text("id,topics\na1,health\n", encoding="utf-8")
    assert (
        "does not say how its articles were chosen" in run("trends", tagged, "--checked", tmp_path / "checked.csv").err
    )


def test_labels_that_were_not_chosen_at_random_or_not_read_are_refused(run, tagged, tmp_path):
    (tmp_path / "uncertain.csv").write_text("id,topics,chosen\na1,health,uncertain\n", encoding="utf-8")
    result = run("trends", tagged, "--checked", tmp_path / "uncertain.csv")
    assert result.code == 2 and "was chosen at random" in result.err
    (tmp_path / "sheet.csv").write_text("id,headline,text,suggested,topics,read\na1,,,,,\n", encoding="utf-8")
    result = run("trends", tagged, "--checked", tmp_path / "sheet.csv")
    assert result.code == 2 and "`news-topics labels" in result.err


def test_checked_articles_that_the_model_was_trained_on_are_left_out(run, train_folder, articles, small, tmp_path):
    folder = train_folder({})
    news = pd.DataFrame({"id": ["a", "b"], "text": [small.texts[1], "Сборная выиграла матч"], "date": "2023-05-01"})
    news.to_csv(tmp_path / "news.csv", index=False)
    (tmp_path / "checked.csv").write_text("id,topics,chosen\na,спорт,random\nb,спорт,random\n", encoding="utf-8")
    result = run("trends", tmp_path / "news.csv", "--model", folder, "--checked", tmp_path / "checked.csv")
    assert "1 checked article left out: the model was trained on" in result.err
    assert "corrected by 1 article that were read" in result.err or "corrected by 1 article" in result.err


def test_names_and_days_are_chosen(run, tagged, tmp_path):
    result = run("trends", tagged, "--names", "ru", "--since", "2023-06-01", "--until", "30.6.2023")
    table = table_of(result)
    assert list(table.columns)[:4] == ["period", "group", "topic", "name"] and set(table.period) == {"2023-06"}
    assert "Культура и искусство" in set(table.name)
    assert run("trends", tagged, "--since", "tomorrow").code == 2
    assert "between these days" in run("trends", tagged, "--since", "2030-01-01").err


def test_it_tells_if_other_outlets_took_over(run, tagged, tmp_path):
    table = pd.DataFrame(map(json.loads, tagged.read_text(encoding="utf-8").splitlines()))
    table["source"] = table.date.str[:7].map({"2023-05": "Агентство", "2023-06": "Портал"})
    table.to_json(tmp_path / "moved.jsonl", orient="records", lines=True, force_ascii=False)
    message = "'Агентство' had 100% of the articles in the first half of the time and 0% in the second"
    assert message in run("trends", tmp_path / "moved.jsonl").err
    assert message not in run("trends", tmp_path / "moved.jsonl", "--split", "source").err
    assert "what rose or fell may be that" not in run("trends", tagged).err


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (["--topic", "cultur"], "did you mean 'culture'"),
        (["--split", "outlet"], "no article has 'outlet': name another column, or tag with `predict --keep outlet`"),
        (["--date-column", "published"], "no article has a date: tag the articles with `predict --keep date`"),
        (["--count", "once"], "reprints cannot be found without texts: add --duplicates"),
        (["--checked", "none.csv"], "none.csv"),
        (["-o", "same.csv", "--html", "same.csv"], "name two files"),
        (["--split", "text"], "name a column of your own"),
        (["-o", "shares.doc"], "name it .csv, .jsonl, .parquet or .xlsx"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_wrong_use_is_told_with_advice(run, tagged, options, advice):
    result = run("trends", tagged, *options)
    assert result.code == 2 and result.out == ""
    assert advice in result.err.splitlines()[-1]


def test_articles_of_another_run_cannot_be_checked(run, tagged, tmp_path):
    (tmp_path / "checked.csv").write_text("id,topics,chosen\nx,health,random\n", encoding="utf-8")
    result = run("trends", tagged, "--checked", tmp_path / "checked.csv")
    assert result.code == 2 and "do their ids agree?" in result.err


def test_an_answer_of_the_model_is_no_reading(run, tagged):
    result = run("trends", tagged, "--checked", tagged)
    assert result.code == 2 and "holds answers of a model" in result.err


def test_without_matplotlib_it_says_how_the_page_can_be_had(tagged, tmp_path):
    stub = tmp_path / "stub" / "matplotlib"
    stub.mkdir(parents=True)
    (stub / "__init__.py").write_text("raise ImportError", encoding="utf-8")
    command = [sys.executable, "-m", "classifier", "trends", tagged, "--html", tmp_path / "page.html"]
    found = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(stub.parent)}, capture_output=True, text=True)
    assert found.returncode == 2 and "pip install 'news-topics[report]'" in found.stderr


def test_a_table_that_is_replaced_is_told(run, tagged, tmp_path):
    run("trends", tagged, "-o", tmp_path / "t.csv")
    assert "which replaces an earlier file" in run("trends", tagged, "-o", tmp_path / "t.csv").err


def test_a_dash_is_standard_output(run, tagged, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(table_of(run("trends", tagged, "-o", "-"))) and not list(tmp_path.iterdir())


def test_without_rensa_it_says_how_reprints_would_be_found(run, articles, monkeypatch):
    monkeypatch.setitem(sys.modules, "rensa", None)
    result = run("trends", articles)
    assert result.code == 0 and "pip install 'news-topics[duplicates]'" in result.err
    assert run("trends", articles, "--count", "once").code == 2


def test_people_see_a_summary(run, tagged):
    result = run("trends", tagged, "--format", "table", "--min-articles", 10)
    assert "2023-05" in result.out and "2023-06" in result.out and "Культура и искусство" in result.out
