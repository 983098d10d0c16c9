import pytest

# Ours, like real news: an article and what other outlets made of it, a template of two days, and others.
BRIDGE = (
    "Мост через Волгу в Кинешме закрыли на ремонт\nДвижение по мосту через Волгу в Кинешме закрыли до конца октября: "
    "рабочие заменят покрытие и освещение. Автобусы пойдут в объезд через Заволжск, сообщили в областном управлении "
    "дорог. Пешеходов будут пропускать по левой стороне моста с шести утра до десяти вечера."
)
BRIDGE_AGENCY = BRIDGE.replace("сообщили в областном управлении дорог", "рассказали ТАСС в управлении дорог").upper()
BRIDGE_SHORTER = BRIDGE.replace(" Пешеходов будут пропускать по левой стороне моста с шести утра до десяти вечера.", "")
RATES = (
    "Курс доллара на вечер составляет {} рубля, курс евро {} рубля, курс юаня {} рубля, баррель нефти стоит {} доллара"
)
RATES_MONDAY, RATES_TUESDAY = RATES.format("91,2", "98,7", "12,5", "81"), RATES.format("92,6", "99,1", "12,8", "79")
HARVEST = (
    "Хозяйства Алтая собрали рекордный урожай гречихи, сообщил министр сельского хозяйства края. С одного гектара "
    "получили в среднем тринадцать центнеров, на два больше, чем в прошлом году."
)


@pytest.fixture(autouse=True)
def _rensa(request):
    if "without_rensa" not in request.fixturenames:
        pytest.importorskip("rensa", reason="rensa is not installed: pip install '.[duplicates]'")


@pytest.fixture
def without_rensa(monkeypatch):
    """As if rensa were not installed."""
    monkeypatch.setitem(__import__("sys").modules, "rensa", None)
