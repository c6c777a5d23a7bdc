import type { Store } from '@riposte/engine';
import { interceptStore } from './intercept-store.ts';

/** The write at which a process dies. */
export interface Death {
  /** Which write is the last one, from 1. */
  atWrite: number;
  /** `after`: it reached the disk, but nobody was told. `before`: it was asked for, and lost. */
  moment: 'before' | 'after';
}

/** A store, and how far its process lives. */
export interface DyingStore {
  store: Store;
  isDead(): boolean;
  /** How many were asked for until now. */
  writesCount(): number;
  /** Resolves at death; never in a life that ends well. */
  died: Promise<void>;
}

/** The store of a process that dies at a chosen write: nothing is answered from then on, and nothing written. */
export function dyingStore(store: Store, { atWrite, moment }: Death): DyingStore {
  let writes = 0;
  let isDead = false;
  const { promise: died, resolve: die } = Promise.withResolvers<void>();
  const never = new Promise<never>(() => {});
  const write = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isDead) return never;
    if (++writes < atWrite) return alive(work());
    isDead = true;
    if (moment === 'after') await work();
    die();
    return never;
  };
  const alive = async <T>(answer: Promise<T>): Promise<T> => {
    const value = await answer;
    return isDead ? never : value;
  };
  const dying = interceptStore(store, {
    commit: (batch) => write(() => store.commit(batch)),
    claim: (claim, nowMs, limits) => write(() => store.claim(claim, nowMs, limits)),
    extend: (claim) => write(() => store.extend(claim)),
    purge: (endedBeforeMs) => write(() => store.purge(endedBeforeMs)),
    saveStateMachine: (machine, region, revision, resources) =>
      write(() => store.saveStateMachine(machine, region, revision, resources)),
    removeStateMachine: (arn) => write(() => store.removeStateMachine(arn)),
    saveResource: (resource, expectedBody) => write(() => store.saveResource(resource, expectedBody)),
    removeResource: (arn) => write(() => store.removeResource(arn)),
    forgetNotices: (kind, sequence) => write(() => store.forgetNotices(kind, sequence)),
    changeMapRun: (arn, change) => write(() => store.changeMapRun(arn, change)),
    addItems: (arn, items, part) => write(() => store.addItems(arn, items, part)),
    changeItems: (arn, changes) => write(() => store.changeItems(arn, changes)),
    abortLostItems: (stopDate) => write(() => store.abortLostItems(stopDate)),
    mapRun: (arn) => alive(store.mapRun(arn)),
    mapRunPlan: (arn) => alive(store.mapRunPlan(arn)),
    items: (arn, filter) => alive(store.items(arn, filter)),
    notRedrivable: (arn) => alive(store.notRedrivable(arn)),
    abandonedChildren: (limit) => alive(store.abandonedChildren(limit)),
    resource: (arn) => alive(store.resource(arn)),
    nextActivityTask: (arn) => alive(store.nextActivityTask(arn)),
    notices: (kind, limit) => alive(store.notices(kind, limit)),
    hasOpenExecutions: (arn) => alive(store.hasOpenExecutions(arn)),
    load: (arn) => alive(store.load(arn)),
    describe: (arn) => alive(store.describe(arn)),
    waitingFor: (arn) => alive(store.waitingFor(arn)),
    nextDueMs: (kind, worker) => alive(store.nextDueMs(kind, worker)),
    stateMachine: (arn) => alive(store.stateMachine(arn)),
    findByToken: (token) => alive(store.findByToken(token)),
    findByRequestKey: (key) => alive(store.findByRequestKey(key)),
  });
  return { store: dying, isDead: () => isDead, writesCount: () => writes, died };
}
