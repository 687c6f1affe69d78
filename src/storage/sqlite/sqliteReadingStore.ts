import type { ProfileId, Reading, SourceId } from "../../domain/reading.ts";
import type { HourAggregate } from "../../domain/statistics.ts";
import {
  type Appended,
  type Correction,
  type ReadingStore,
  type StoredReading,
  type StoreMeasures,
  StoreUnavailable,
  type TimeRange,
} from "../readingStore.ts";
import { COLUMNS } from "./freshIndex.ts";
import type { Answer, ClocklessEngineOptions, FromWorker, Question, ToWorker } from "./workerMessages.ts";

export interface SqliteReadingStoreOptions extends ClocklessEngineOptions {
  /** Readings that may wait for a commit; one more and the append is refused. */
  readonly waitingReadingsMax: number;
}

/** An append that waits for its commit. */
interface WaitingAppend {
  readonly readings: readonly Reading[];
  readonly resolve: (appended: readonly Appended[]) => void;
  readonly reject: (reason: StoreUnavailable) => void;
}

interface WaitingQuestion {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: StoreUnavailable) => void;
}

/** The longest time that a reading waits for others to join its commit while the disk is free. */
const JOIN_MS_MAX = 1;

const DUPLICATE: Appended = { isNew: false, sequence: 0 };

/**
 * Readings on the embedded store, with group commit: while the worker commits one batch, every append that comes
 * in joins the next one, so that one fsync pays for all readings that wait.
 */
export class SqliteReadingStore implements ReadingStore {
  readonly #worker: Worker;
  readonly #waitingReadingsMax: number;
  readonly #questions = new Map<number, WaitingQuestion>();
  #nextQuestion = 1;
  #waiting: WaitingAppend[] = [];
  #waitingReadings = 0;
  #committing: readonly WaitingAppend[] | undefined;
  #committingReadings = 0;
  #flushScheduled = false;
  #closed: string | undefined;

  private constructor(worker: Worker, options: SqliteReadingStoreOptions) {
    this.#worker = worker;
    this.#waitingReadingsMax = options.waitingReadingsMax;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    worker.onerror = (event) => this.#fail(`The store's thread failed: ${event.message}`);
  }

  /** @throws StoreUnavailable when the file cannot be used, with a message for the operator */
  static async open(options: SqliteReadingStoreOptions): Promise<SqliteReadingStore> {
    const worker = new Worker(new URL("./readingWorker.ts", import.meta.url).href);
    const { waitingReadingsMax: _, ...engineOptions } = options;
    const opened = new Promise<void>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (data.kind === "opened") resolve();
        else if (data.kind === "unopened") reject(new StoreUnavailable(data.reason));
      };
      worker.onerror = (event) => reject(new StoreUnavailable(`The store's thread failed: ${event.message}`));
    });
    worker.postMessage({ kind: "open", options: engineOptions } satisfies ToWorker);
    try {
      await opened;
    } catch (error) {
      worker.terminate();
      throw error;
    }
    return new SqliteReadingStore(worker, options);
  }

  append(readings: readonly Reading[]): Promise<readonly Appended[]> {
    if (readings.length === 0) return Promise.resolve([]);
    if (this.#closed !== undefined) return Promise.reject(new StoreUnavailable(this.#closed));
    const unanswered = this.#waitingReadings + this.#committingReadings;
    if (unanswered > 0 && unanswered + readings.length > this.#waitingReadingsMax) {
      return Promise.reject(
        new StoreUnavailable(`more than ${this.#waitingReadingsMax} readings wait for the disk`),
      );
    }
    this.#waitingReadings += readings.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ readings, resolve, reject });
      this.#scheduleFlush();
    });
  }

  async latest(profile: ProfileId): Promise<StoredReading | undefined> {
    return (await this.#ask({ about: "latest", profile })) as StoredReading | undefined;
  }

  async read(profile: ProfileId, range: TimeRange, limit: number): Promise<readonly StoredReading[]> {
    return (await this.#ask({ about: "read", profile, ...range, limit })) as StoredReading[];
  }

  async aggregate(profile: ProfileId, range: TimeRange): Promise<readonly HourAggregate[]> {
    return (await this.#ask({ about: "aggregate", profile, ...range })) as readonly HourAggregate[];
  }

  async remove(profile: ProfileId, range: TimeRange, source?: SourceId): Promise<number> {
    return (await this.#ask({ about: "remove", profile, ...range, source })) as number;
  }

  async erase(profile: ProfileId): Promise<void> {
    // Answers come in the order of the commits: after this one, what was waiting is in the file.
    await new Promise<readonly Appended[]>((resolve, reject) => {
      if (this.#closed !== undefined) return reject(new StoreUnavailable(this.#closed));
      this.#waiting.push({ readings: [], resolve, reject });
      this.#scheduleFlush();
    });
    await this.#ask({ about: "erase", profile });
  }

  async correct(profile: ProfileId, corrections: readonly Correction[]): Promise<number> {
    if (corrections.length === 0) return 0;
    return (await this.#ask({ about: "correct", profile, corrections })) as number;
  }

  async probe(): Promise<void> {
    await this.#ask({ about: "probe" });
  }

  async measure(): Promise<StoreMeasures> {
    return (await this.#ask({ about: "measures" })) as StoreMeasures;
  }

  async close(): Promise<void> {
    if (this.#closed !== undefined) return;
    while (this.#committing !== undefined || this.#waiting.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const closed = this.#ask({ about: "close" });
    this.#closed = "the store is closed";
    try {
      await closed;
    } finally {
      this.#worker.terminate();
    }
  }

  /**
   * Gives other requests the time to join: as long as every turn of the event loop brings more readings, a commit
   * waits, up to {@link JOIN_MS_MAX}. A commit costs the same for one reading as for fifty.
   */
  #scheduleFlush(): void {
    if (this.#committing !== undefined || this.#flushScheduled) return;
    this.#flushScheduled = true;
    const until = performance.now() + JOIN_MS_MAX;
    let joined = 0;
    const turn = () => {
      if (this.#waitingReadings > joined && performance.now() < until) {
        joined = this.#waitingReadings;
        setImmediate(turn);
        return;
      }
      this.#flushScheduled = false;
      this.#flush();
    };
    setImmediate(turn);
  }

  #flush(): void {
    if (this.#committing !== undefined || this.#waiting.length === 0) return;
    const appends = this.#waiting;
    this.#waiting = [];
    this.#waitingReadings = 0;
    this.#commit(appends);
  }

  #commit(appends: readonly WaitingAppend[]): void {
    const count = appends.reduce((sum, { readings }) => sum + readings.length, 0);
    const batch = new Float64Array(count * COLUMNS);
    const intervals = new Map<number, readonly number[]>();
    let place = 0;
    for (const { readings } of appends) {
      for (const reading of readings) {
        const column = place * COLUMNS;
        batch[column] = reading.profile;
        batch[column + 1] = reading.source;
        batch[column + 2] = reading.measuredAt;
        batch[column + 3] = reading.arrivedAt;
        batch[column + 4] = reading.bpm;
        if (reading.rrIntervalsMs !== undefined) intervals.set(place, reading.rrIntervalsMs);
        place++;
      }
    }
    this.#committing = appends;
    this.#committingReadings = count;
    const message: ToWorker =
      intervals.size === 0 ? { kind: "append", batch } : { kind: "append", batch, intervals };
    this.#worker.postMessage(message, [batch.buffer]);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "appended":
        this.#settle(message.sequences);
        break;
      case "not appended":
        this.#refuse(new StoreUnavailable(message.reason), message.place);
        break;
      case "answer":
        this.#takeQuestion(message.id)?.resolve(message.answer);
        break;
      case "no answer":
        this.#takeQuestion(message.id)?.reject(new StoreUnavailable(message.reason));
        break;
    }
  }

  #settle(sequences: Float64Array): void {
    const appends = this.#takeCommitting();
    let place = 0;
    for (const { readings, resolve } of appends) {
      const appended: Appended[] = [];
      for (let count = readings.length; count > 0; count--) {
        const sequence = sequences[place++] as number;
        appended.push(sequence === 0 ? DUPLICATE : { isNew: true, sequence });
      }
      resolve(appended);
    }
    if (this.#waiting.length > 0) this.#scheduleFlush();
  }

  /** What was committed together is refused together, unless one reading is why: then the others are committed without it. */
  #refuse(reason: StoreUnavailable, place: number | undefined): void {
    const appends = [...this.#takeCommitting()];
    const atFault = place === undefined ? appends.splice(0) : appends.splice(indexAround(appends, place), 1);
    for (const append of atFault) append.reject(reason);
    if (appends.length > 0) this.#commit(appends);
    else if (this.#waiting.length > 0) this.#scheduleFlush();
  }

  #takeCommitting(): readonly WaitingAppend[] {
    const appends = this.#committing ?? [];
    this.#committing = undefined;
    this.#committingReadings = 0;
    return appends;
  }

  /** The thread is gone: nothing that waits will be answered, and nothing more is taken. */
  #fail(reason: string): void {
    this.#closed = reason;
    const failure = new StoreUnavailable(reason);
    for (const { reject } of [...this.#takeCommitting(), ...this.#waiting]) reject(failure);
    this.#waiting = [];
    for (const { reject } of this.#questions.values()) reject(failure);
    this.#questions.clear();
  }

  #ask(question: Question): Promise<Answer> {
    if (this.#closed !== undefined) return Promise.reject(new StoreUnavailable(this.#closed));
    const id = this.#nextQuestion++;
    return new Promise((resolve, reject) => {
      this.#questions.set(id, { resolve, reject });
      this.#worker.postMessage({ kind: "ask", id, question } satisfies ToWorker);
    });
  }

  #takeQuestion(id: number): WaitingQuestion | undefined {
    const question = this.#questions.get(id);
    this.#questions.delete(id);
    return question;
  }
}

/** Which append of a commit a reading belongs to. */
function indexAround(appends: readonly WaitingAppend[], place: number): number {
  let end = 0;
  return appends.findIndex(({ readings }) => {
    end += readings.length;
    return place < end;
  });
}
