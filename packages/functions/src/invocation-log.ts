import { StringDecoder } from 'node:string_decoder';

/** Bytes of one log event; a longer line is cut into several. Same bound as CloudWatch Logs. */
const EVENT_BYTES_MAX = 262_144;
/** Bytes that one invocation may log. What is printed beyond is read and dropped, so that the function never blocks. */
const INVOCATION_BYTES_MAX = 1_048_576;
const TAIL_BYTES = 4096;

/** What the supplied runtime prints on both streams when an invocation's own output is complete. */
export function endOfOutput(requestId: string): string {
  return `\u0000riposte end of ${requestId}`;
}

export interface LogEvent {
  timestampMs: number;
  message: string;
}

/** What a function prints, cut into lines, with a bound on memory. One per invocation. */
export class InvocationLog {
  readonly #now: () => number;
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  readonly #open = { stdout: '', stderr: '' };
  #events: LogEvent[] = [];
  #tail = '';
  #bytes = 0;
  #droppedBytes = 0;
  readonly #endOfOutput: string;
  readonly #complete = new Set<'stdout' | 'stderr'>();

  constructor(requestId: string, now: () => number) {
    this.#now = now;
    this.#endOfOutput = endOfOutput(requestId);
  }

  /** Both streams have said that nothing more comes. */
  get isComplete(): boolean {
    return this.#complete.size === 2;
  }

  /** A line of the sandbox's own: START, END, REPORT. Never dropped. */
  add(line: string): void {
    this.#events.push({ timestampMs: this.#now(), message: `${line}\n` });
    this.#tail = (this.#tail + `${line}\n`).slice(-TAIL_BYTES);
  }

  write(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    const end = chunk.indexOf(this.#endOfOutput);
    if (end >= 0) {
      this.#complete.add(stream);
      chunk = chunk.subarray(0, end);
    }
    if (this.#bytes + chunk.length > INVOCATION_BYTES_MAX) {
      const room = Math.max(0, INVOCATION_BYTES_MAX - this.#bytes);
      this.#droppedBytes += chunk.length - room;
      if (room === 0) return;
      chunk = chunk.subarray(0, room);
    }
    this.#bytes += chunk.length;
    const lines = (this.#open[stream] + this.#decoders[stream].write(chunk)).split('\n');
    this.#open[stream] = lines.pop() ?? '';
    for (const line of lines) this.#addCut(line);
    while (this.#open[stream].length > EVENT_BYTES_MAX) {
      this.#addCut(this.#open[stream].slice(0, EVENT_BYTES_MAX));
      this.#open[stream] = this.#open[stream].slice(EVENT_BYTES_MAX);
    }
  }

  /** Hands over what was gathered; unfinished lines count as lines. */
  end(): { events: LogEvent[]; tail: string } {
    for (const stream of ['stdout', 'stderr'] as const) {
      const rest = this.#open[stream] + this.#decoders[stream].end();
      this.#open[stream] = '';
      if (rest !== '') this.#addCut(rest);
    }
    if (this.#droppedBytes > 0)
      this.add(
        `[riposte] ${this.#droppedBytes} more bytes of output were left out: an invocation may log ${INVOCATION_BYTES_MAX} bytes.`,
      );
    const events = this.#events;
    this.#events = [];
    return { events, tail: this.#tail };
  }

  #addCut(line: string): void {
    for (let from = 0; from === 0 || from < line.length; from += EVENT_BYTES_MAX)
      this.add(line.slice(from, from + EVENT_BYTES_MAX));
  }
}
