"""What Prometheus reads: counts and times, in its text format (version 0.0.4). Each process counts for itself."""

from bisect import bisect_left
from collections import Counter
from pathlib import Path

_LIMITS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds, of the histogram
_PAGE = 4096  # bytes that /proc counts memory in


class Metrics:
    """Requests by path, method and status, how long they took, and articles that were tagged."""

    def __init__(self) -> None:
        self.articles = 0
        self._requests = Counter[tuple[str, str, int]]()
        self._times: dict[str, list[int]] = {}  # by path: requests within each limit, and above the last
        self._seconds = Counter[str]()

    def observe(self, path: str, method: str, status: int, seconds: float) -> None:
        """Count a request; `path` is that of the endpoint, so that there are few."""
        self._requests[path, method, status] += 1
        self._times.setdefault(path, [0] * (len(_LIMITS) + 1))[bisect_left(_LIMITS, seconds)] += 1
        self._seconds[path] += seconds  # type: ignore[assignment]  # a Counter of floats

    def text(self, **gauges: float) -> str:
        """Return all in Prometheus' format, with some numbers of now, such as how many requests wait."""
        lines = ["# HELP news_topics_requests_total Requests answered.", "# TYPE news_topics_requests_total counter"]
        for (path, method, status), count in sorted(self._requests.items()):
            lines.append(f'news_topics_requests_total{{path="{path}",method="{method}",status="{status}"}} {count}')
        lines += [
            "# HELP news_topics_request_seconds Seconds until the answer was sent.",
            "# TYPE news_topics_request_seconds histogram",
        ]
        for path in sorted(self._times):
            lines += self._histogram(path)
        lines += ["# HELP news_topics_articles_total Articles answered.", "# TYPE news_topics_articles_total counter"]
        lines.append(f"news_topics_articles_total {self.articles}")
        for name, value in {**gauges, "memory_bytes": _memory()}.items():
            lines += [f"# TYPE news_topics_{name} gauge", f"news_topics_{name} {value:g}"]
        return "\n".join(lines) + "\n"

    def _histogram(self, path: str) -> list[str]:
        name, count, lines = "news_topics_request_seconds", 0, []
        for limit, number in zip((*_LIMITS, "+Inf"), self._times[path], strict=True):
            count += number
            lines.append(f'{name}_bucket{{path="{path}",le="{limit}"}} {count}')
        return [
            *lines,
            f'{name}_sum{{path="{path}"}} {self._seconds[path]:.6f}',
            f'{name}_count{{path="{path}"}} {count}',
        ]


def _memory() -> int:
    """Return the bytes of memory of this process; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0
