// What a file of text says, whatever encoding it is in; as `classifier/data/encodings.py` tells it, as far as a browser can.

const MARKS = { "255,254": "utf-16le", "254,255": "utf-16be" }; // that UTF-16 starts with
const RUSSIAN = ["Windows-1251", "KOI8-R", "IBM866"]; // what Russian texts use that are not Unicode
// The ten most frequent letters. What is read in a wrong encoding has fewer of them. To count small letters instead would
// be simpler, but fails with headlines in capitals.
const FREQUENT = /[оеаинтсрвл]/gi;

// The text of some bytes, and the encoding that was guessed; null if it is beyond doubt. `stream`: they go on elsewhere.
export function decoded(bytes, stream = false) {
  try {
    const encoding = MARKS[bytes.subarray(0, 2).join()] ?? "utf-8";
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream }), guess: null };
  } catch {
    const readings = RUSSIAN.map((guess) => ({ text: new TextDecoder(guess).decode(bytes), guess }));
    return readings.reduce((best, reading) => (frequent(reading) > frequent(best) ? reading : best));
  }
}

const frequent = ({ text }) => text.match(FREQUENT)?.length ?? 0;
