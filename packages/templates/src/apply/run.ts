import { StackFailure, type ReportProgress, type StackProgress } from './progress.ts';
import type { StackRecord, StackStatus } from './record.ts';

export type SaveRecord = (record: StackRecord) => Promise<void>;
/** The time as ISO 8601. */
export type Now = () => string;

/** One run over a stack: its record, kept on disk step by step, and its story. */
export class StackRun {
  readonly record: StackRecord;
  readonly #save: SaveRecord;
  readonly #now: Now;
  readonly #progress: ReportProgress;

  constructor(record: StackRecord, progress: ReportProgress, save: SaveRecord, now: Now) {
    this.record = record;
    this.#progress = progress;
    this.#save = save;
    this.#now = now;
  }

  /** Writes the record as it is now. */
  async save(status: StackStatus = this.record.status): Promise<void> {
    this.record.status = status;
    if (!status.endsWith('_FAILED')) delete this.record.reason;
    this.record.updatedAt = this.#now();
    await this.#save(structuredClone(this.record));
  }

  /**
   * One step, told before and after.
   * @throws StackFailure when it fails; the record is kept with the status `onFailure`
   */
  async step(
    step: Pick<StackProgress, 'logicalId' | 'type' | 'action'>,
    onFailure: { status: StackStatus; continuation: string },
    work: () => Promise<string>,
  ): Promise<void> {
    this.#progress({ ...step, phase: 'started' });
    let physicalId: string;
    try {
      physicalId = await work();
    } catch (error) {
      const failure = new StackFailure(this.record.name, step, onFailure.continuation, error);
      this.record.reason = failure.message;
      await this.save(onFailure.status);
      this.#progress({ ...step, phase: 'failed', reason: failure.reason });
      throw failure;
    }
    await this.save();
    this.#progress({ ...step, phase: 'done', physicalId });
  }
}

export const wallClock: Now = () => new Date().toISOString();
