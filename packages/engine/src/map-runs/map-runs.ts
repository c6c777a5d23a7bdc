import type { Claim } from '../ports/store.ts';
import type { LeaseRenewal } from '../host/lease-renewal.ts';
import { ExpressSlots } from './express-slots.ts';
import { HeldObjects } from './held-objects.ts';
import { MapRunWork, type MapRunWorkOptions } from './map-run-work.ts';
import { ReaderProcesses } from './reader-processes.ts';

export interface MapRunsOptions extends Omit<
  MapRunWorkOptions,
  'expressSlots' | 'heldObjects' | 'readerProcesses'
> {
  /** Open ones; a further one waits with its first event written and nothing counted, as on AWS. */
  mapRunsMax: number;
  expressChildrenMax: number;
  leases: LeaseRenewal;
  /** There is room for another one. */
  slotFreed: () => void;
}

/** The Map Runs that this host carries out. */
export class MapRuns {
  readonly #options: MapRunsOptions;
  readonly #expressSlots: ExpressSlots;
  readonly #heldObjects: HeldObjects;
  readonly #readerProcesses: ReaderProcesses;
  readonly #works = new Map<string, MapRunWork>();
  #reservedCount = 0;
  #isClosed = false;

  constructor(options: MapRunsOptions) {
    this.#options = options;
    this.#expressSlots = new ExpressSlots(options.expressChildrenMax);
    this.#heldObjects = new HeldObjects(options.readingLimits.objectsMax);
    this.#readerProcesses = new ReaderProcesses(options.readingLimits.processHeapMiB);
  }

  get isHolding(): boolean {
    return this.#works.size > 0;
  }

  get freeSlots(): number {
    return this.#isClosed
      ? 0
      : Math.max(0, this.#options.mapRunsMax - this.#works.size - this.#reservedCount);
  }

  /** Reserves a slot; `startReserved` or `unreserve` must follow. */
  reserve(): Claim | undefined {
    if (this.freeSlots === 0) return undefined;
    this.reserveClaimed();
    return this.#options.leases.lease();
  }

  /** As `reserve`, for what was claimed already. */
  reserveClaimed(): void {
    this.#reservedCount += 1;
  }

  unreserve(): void {
    this.#reservedCount -= 1;
  }

  startReserved(mapRunArn: string): void {
    this.#reservedCount -= 1;
    this.start(mapRunArn);
  }

  /** Carries a Map Run out, from wherever it stands on disk. */
  start(mapRunArn: string): void {
    if (this.#isClosed) return;
    let work = this.#works.get(mapRunArn);
    if (!work) {
      const shared = {
        expressSlots: this.#expressSlots,
        heldObjects: this.#heldObjects,
        readerProcesses: this.#readerProcesses,
      };
      work = new MapRunWork({ ...this.#options, ...shared }, mapRunArn, () => this.#over(mapRunArn));
      this.#works.set(mapRunArn, work);
      this.#options.leases.held();
    }
    work.wake();
  }

  /** A child has ended, or what the Map Run puts up with has changed. */
  changed(mapRunArn: string): void {
    this.#works.get(mapRunArn)?.wake();
  }

  /** Its execution no longer waits for it: its children are stopped. */
  ended(mapRunArn: string): void {
    if (this.#isClosed) return;
    this.#works.get(mapRunArn)?.abort();
    this.start(mapRunArn);
  }

  close(): void {
    this.#isClosed = true;
    for (const work of this.#works.values()) work.close();
  }

  #over(mapRunArn: string): void {
    this.#works.delete(mapRunArn);
    if (!this.#isClosed) this.#options.slotFreed();
  }
}
