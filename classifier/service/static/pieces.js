// A large table in pieces, each of which is a table, so that progress is seen while it is tagged.

const SIZE = 1 << 20; // bytes of a piece, which the server tags in a few tenths of a second

// The pieces of a file, in order. A format that cannot be cut, or an encoding that is not UTF-8, is one piece.
export async function* pieces(file, kind) {
  if (!["csv", "jsonl"].includes(kind) || file.size <= SIZE || !(await isUtf8(file))) return yield file;
  const lastEnd = kind === "jsonl" ? (text) => text.lastIndexOf("\n") + 1 : recordEnds();
  const decoder = new TextDecoder();
  let held = ""; // read, and not given yet
  let header = null; // of a table; each piece but the first, which has it, begins with it
  for (let start = 0; start < file.size; start += SIZE) {
    const isLast = start + SIZE >= file.size;
    held += decoder.decode(await file.slice(start, start + SIZE).arrayBuffer(), { stream: !isLast });
    const end = isLast ? held.length : lastEnd(held);
    if (!end) continue;
    yield new Blob([header ?? "", held.slice(0, end)]);
    header ??= kind === "jsonl" ? "" : held.slice(0, lastEnd.header());
    held = held.slice(end);
  }
}

// A function that returns where the last whole record of CSV ends in a text, 0 if nowhere. It remembers what it has
// read: the next text begins where that was, and goes on. A quote opens a field only at its beginning.
function recordEnds() {
  let delimiter;
  let [seen, end, header] = [0, 0, 0];
  let [quoted, atStart, closed] = [false, true, false];
  const lastEnd = (text) => {
    seen -= end;
    end = 0;
    delimiter ??= mostFrequent(text);
    for (; seen < text.length; seen++) {
      const character = text[seen];
      if (quoted) {
        if (character === '"') [quoted, closed] = [false, true];
        continue;
      }
      if (character === '"' && (atStart || closed)) quoted = true; // two quotes inside a field are one of its characters
      if (character === "\n") {
        end = seen + 1;
        if (!header && text.slice(0, end).trim()) header = end;
      }
      atStart = character === delimiter || character === "\n";
      closed = false;
    }
    return end;
  };
  lastEnd.header = () => header;
  return lastEnd;
}

// As the reader tells it: the most frequent of comma, semicolon and tab in the first line that is not empty.
function mostFrequent(text) {
  const line = (text.trimStart().match(/^.*/) ?? [""])[0].replaceAll(/"[^"]*"/g, "");
  const count = (character) => line.split(character).length;
  return [",", ";", "\t"].reduce((best, character) => (count(character) > count(best) ? character : best));
}

async function isUtf8(file) {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for (let start = 0; start < file.size; start += SIZE) {
      decoder.decode(await file.slice(start, start + SIZE).arrayBuffer(), { stream: true });
    }
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}
