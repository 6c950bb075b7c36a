// A table for people, written while its rows still come in.
import { cut, printable, widthOf, wrapped } from "./text.js";

// The widths of the columns are those of the first page: of so many rows, or of what came within so long after the
// first. Then it is written, and later rows keep to it; so nobody waits for 20,000 rows, and none has to be kept.
const PAGE_ROWS = 40;
const PAGE_MS = 500;

const GAP = "  ";
/** A column is not made narrower than this, nor text wrapped to less. */
const LEAST_WIDTH = 6;
const LEAST_WRAP = 24;

const COLORS = { green: 32, red: 31, gray: 90 };

/**
 * `shape`: `{ head, wraps, cells(record) }`. `cells` gives `{ texts, color, notes }`: `color` is that of the second text,
 * `notes` go below the last one, which runs on to the end of the line and is wrapped there if the shape `wraps`.
 * `width` is that of the terminal, and Infinity where there is none: then nothing is cut.
 */
export class Table {
  #shape;
  #width;
  #hasColors;
  #widths;
  #page = [];
  #pageBegun;

  constructor(shape, { width, hasColors }) {
    this.#shape = shape;
    this.#width = width;
    this.#hasColors = hasColors;
  }

  begin() {
    return "";
  }

  row(record) {
    const { texts, notes = [], color } = this.#shape.cells(record);
    const row = { texts: texts.map(printable), notes: notes.map(printable), color };
    if (this.#widths) return this.#lines(row);
    this.#pageBegun ??= Date.now();
    this.#page.push(row);
    return this.#page.length < PAGE_ROWS && Date.now() - this.#pageBegun < PAGE_MS ? "" : this.#firstPage();
  }

  end() {
    return this.#widths || this.#page.length === 0 ? "" : this.#firstPage();
  }

  #firstPage() {
    const rows = [{ texts: this.#shape.head }, ...this.#page];
    // In a row shorter than the head, such as an error, the last text runs on over the columns that follow.
    const measured = (texts, column) => (column < texts.length - (texts.length < this.#shape.head.length) ? widthOf(texts[column]) : 0);
    this.#widths = this.#fitted(this.#shape.head.map((_, column) => Math.max(...rows.map(({ texts }) => measured(texts, column)))));
    this.#page = [];
    return rows.map((row) => this.#lines(row)).join("");
  }

  /** The widest columns give way until the line fits; but the last one, if it wraps, needs no room of its own. */
  #fitted(widths) {
    const last = widths.length - 1;
    if (this.#shape.wraps) widths[last] = Math.min(widths[last], LEAST_WRAP);
    const total = () => widths.reduce((sum, width) => sum + width, GAP.length * last);
    while (total() > this.#width && Math.max(...widths) > LEAST_WIDTH) widths[widths.indexOf(Math.max(...widths))] -= 1;
    return widths;
  }

  #lines({ texts, color, notes = [] }) {
    const last = texts.length - 1;
    const before = texts.slice(0, last).map((text, column) => {
      const width = this.#widths[column];
      const cell = this.#width === Infinity ? text : cut(text, width);
      const painted = column === 1 && color && this.#hasColors ? `\x1b[${COLORS[color]}m${cell}\x1b[39m` : cell;
      return painted + " ".repeat(Math.max(0, width - widthOf(cell)));
    });
    const indent = this.#widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0);
    const room = this.#width - indent;
    const ends = this.#shape.wraps ? [texts[last], ...notes].flatMap((text) => wrapped(text, Math.max(room, LEAST_WRAP))) : [cut(texts[last], room)];
    const [first, ...rest] = ends;
    return [[...before, first].join(GAP).trimEnd(), ...rest.map((text) => " ".repeat(indent) + text)].map((line) => `${line}\n`).join("");
  }
}
