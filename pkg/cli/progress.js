// A progress bar or another sign of life: one line on standard error, drawn over and over, and gone at the end.
import { count } from "./text.js";

const EVERY_MS = 100;
const BAR_CELLS = 20;

export class Progress {
  #stream;
  #timer;
  #begun = Date.now();
  #isShown = false;
  #lineOf;
  #state = { done: 0, failed: 0, total: undefined };

  /** `lineOf(state, elapsedMs)` is what it says. */
  constructor(stream, lineOf) {
    this.#stream = stream;
    this.#lineOf = lineOf;
    this.#timer = setInterval(() => this.draw(), EVERY_MS);
  }

  /** `{ done, failed, total }`, as onProgress of the client's bulk call has it. */
  update(state) {
    this.#state = state;
  }

  draw() {
    if (!this.#timer) return;
    // One cell stays free: a full line would break on some terminals, and could not be erased.
    const line = this.#lineOf(this.#state, Date.now() - this.#begun).slice(0, (this.#stream.columns || 80) - 1);
    this.#stream.write(`\r${line}\x1b[K`);
    this.#isShown = true;
  }

  erase() {
    if (this.#isShown) this.#stream.write("\r\x1b[K");
    this.#isShown = false;
  }

  end() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.erase();
  }
}

/** How many users there were. ASCII only: nobody knows here what the terminal can show. */
export function usersLine({ done, failed, total }, elapsedMs) {
  const failures = failed > 0 ? `, ${count(failed)} failed` : "";
  if (!total) return `${count(done)} users${failures}`;
  const share = done / total;
  const filled = Math.floor(share * BAR_CELLS);
  const bar = "#".repeat(filled).padEnd(BAR_CELLS, "-");
  const left = done > 0 ? `, ${duration(elapsedMs / share - elapsedMs)} left` : "";
  return `[${bar}] ${Math.floor(share * 100)}%, ${count(done)} of ${count(total)}${failures}${left}`;
}

const duration = (ms) => (ms < 100_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`);
