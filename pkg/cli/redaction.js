// Takes out of a text what nobody gets to see, and what the client knows nothing of: the values of headers, which a server may repeat.

/** A value of fewer letters stands in texts by chance. */
const TELLING_LENGTH = 6;
/** Of a longer one a part tells, too: half of it, or so much. */
const LONGEST_NAME = 20;
const MOST_OF_A_PART = 31;

const REDACTED = "[redacted]";

/** Whether it names something, as a client id does: a part of it is nobody's secret. */
const isName = (value) => value.length < LONGEST_NAME || URL.canParse(value) || (/^[a-z0-9._:/-]+$/.test(value) && (/[._:/-]/.test(value) || value.length < 32));

/** Gives a function from a text to what may be shown of it. Blanks at an end go with no header. */
export function redactor(values) {
  const sought = values.map((value) => value.trim()).filter(({ length }) => length >= TELLING_LENGTH).flatMap(formsOf);
  const isRepeatedIn = (text) => sought.some((form) => runsOf(text, form).length > 0);
  // Where it is encoded, nobody knows from where to where.
  return (text) => (decoded(text).some(isRepeatedIn) ? REDACTED : sought.reduce(without, text));
}

/** `{ text, partLength }`: as it is and as it is sent or quoted, and how much of that tells. */
function formsOf(value) {
  const bytes = Buffer.from(value);
  const hex = bytes.toString("hex");
  const texts = new Set([value, hex, hex.toUpperCase(), ...base64Of(bytes)]);
  return Array.from(texts, (text) => ({ text, partLength: isName(value) ? text.length : Math.min(Math.ceil(text.length / 2), MOST_OF_A_PART) }));
}

/** At each place in what is encoded; without the letters that are of its neighbours, too. */
const base64Of = (bytes) =>
  [0, 1, 2].flatMap((offset) => {
    const length = Math.floor(((offset + bytes.length) * 8) / 6);
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64").slice(Math.ceil((offset * 8) / 6), length);
    return [text, text.replaceAll("+", "-").replaceAll("/", "_")];
  });

function without(text, form) {
  let left = "";
  let end = 0;
  for (const [first, last] of runsOf(text, form)) {
    left += text.slice(end, first) + REDACTED;
    end = last;
  }
  return left + text.slice(end);
}

/** From where to where `text` repeats it, or so much of it in a row as tells. */
function runsOf(text, { text: form, partLength }) {
  const found = [];
  for (let start = 0; start + partLength <= form.length; start += 1) {
    const part = form.slice(start, start + partLength);
    for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) found.push(at);
  }
  const runs = [];
  for (const at of found.sort((one, other) => one - other)) {
    if (at <= runs.at(-1)?.[1]) runs.at(-1)[1] = at + partLength;
    else runs.push([at, at + partLength]);
  }
  return runs;
}

/** Percent-encoded up to three times, escaped as in JSON or JavaScript, in HTML's entities. */
function decoded(text) {
  const once = percentDecoded(text);
  const twice = percentDecoded(once);
  return [once, twice, percentDecoded(twice), unescaped(text), withoutEntities(text)].filter((one) => one !== text);
}

const percentDecoded = (text) => text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll("%", ""), "hex").toString());

const unescaped = (text) => text.replace(/\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|(.))/gi, (_, four, two, one) => one ?? String.fromCharCode(parseInt(four ?? two, 16)));

const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const withoutEntities = (text) =>
  text.replace(/&(?:#x([0-9a-f]{1,4})|#(\d{1,5})|(amp|lt|gt|quot|apos));/gi, (_, hex, decimal, name) => (name ? NAMED[name.toLowerCase()] : String.fromCharCode(hex ? parseInt(hex, 16) : decimal)));
