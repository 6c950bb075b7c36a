// Standard output, written as fast as it is read and no faster.
import { once } from "node:events";
import { CommandError, EXIT } from "./failures.js";

// Rows are written together: at the latest when there is so much of them, or after so long.
const CHUNK_LENGTH = 16_384;
const CHUNK_MS = 100;

export class Output {
  #stream;
  #controller;
  #pending = "";
  #timer;
  #problem;

  /** Whether nobody reads it any more. */
  isClosed = false;

  /** Called before and after anything is written: for a progress bar on the same terminal. */
  before = () => {};
  after = () => {};

  /** A stream that cannot be written to ends everything, by way of `controller`. */
  constructor(stream, controller) {
    this.#stream = stream;
    this.#controller = controller;
    stream.on("error", (error) => {
      const { code } = error;
      // The stream itself forgets it: standard output cannot be destroyed.
      this.#problem = error;
      this.isClosed = code === "EPIPE";
      const closed = new CommandError("closed_pipe", "", EXIT.closedPipe);
      controller.abort(this.isClosed ? closed : new CommandError("output", `The output cannot be written (${code}).`, EXIT.other));
    });
  }

  async write(text) {
    this.#pending += text;
    if (this.#pending.length >= CHUNK_LENGTH) this.#flush();
    else if (this.#pending) this.#timer ??= setTimeout(() => this.#flush(), CHUNK_MS);
    const { signal } = this.#controller;
    // Not when it is to end: what is still reported then is little, and waits for nobody.
    if (this.#stream.writableNeedDrain && !signal.aborted) await once(this.#stream, "drain", { signal }).catch(() => {});
  }

  /** Waits until all that was handed in is written; throws where it cannot be. */
  async written() {
    this.#flush();
    const problem = await new Promise((resolve) => this.#stream.write("", resolve));
    if (problem || this.#problem) throw problem ?? this.#problem;
  }

  /** Writes the rest, and waits until it is read or nobody reads any more. */
  async end(text) {
    this.#pending += text;
    await this.written().catch(() => {});
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#pending;
    this.#pending = "";
    if (!text || this.#problem) return;
    this.before();
    this.#stream.write(text);
    this.after();
  }
}
