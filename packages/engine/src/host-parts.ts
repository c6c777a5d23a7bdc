import { Activities } from './activities.ts';
import { Aliases } from './aliases.ts';
import { Deletions } from './deletions.ts';
import { ExpressExecutions } from './express.ts';
import { environmentAt } from './host/environment.ts';
import { ExpressionThreads } from './host/expression-threads.ts';
import { Retries } from './host/retries.ts';
import { Work, type WorkOptions } from './host/work.ts';
import { statesLanguage } from './interpreter.ts';
import { MachineCache } from './machine-cache.ts';
import { READING_LIMITS } from './map-runs/reading-limits.ts';
import { ResourceTags } from './resource-tags.ts';
import { StateMachines } from './state-machines.ts';
import type { StoreHostOptions } from './store-host-options.ts';
import { TaskTokens } from './task-tokens.ts';
import { Versions } from './versions.ts';

/** What a host is made of. */
export type HostParts = ReturnType<typeof hostParts>;

/** Puts the parts of a host together; nothing of them is at work yet. */
export function hostParts(
  options: StoreHostOptions,
  { stop, changed, report }: Pick<WorkOptions, 'stop' | 'changed' | 'report'>,
) {
  const { store, clock, ids, taskRunner, account, partition = 'aws', interpreter = statesLanguage } = options;
  /** Names this host in leases. */
  const worker = ids.uuid();
  const retries = new Retries(clock, report);
  const machines = new MachineCache(interpreter);
  const versions = new Versions(store, clock);
  const aliases = new Aliases(store, clock);
  const stateMachines = new StateMachines({
    store,
    clock,
    ids,
    versions,
    account,
    partition,
    problemsOf: (definition, type) => machines.problemsOf(definition, type, options.integrations),
  });
  const deletions = new Deletions(stateMachines, retries);
  const expressions = new ExpressionThreads();
  const environment = (nowMs: number) => environmentAt(nowMs, ids, expressions);
  const express = new ExpressExecutions({
    clock,
    ids,
    taskRunner,
    interpreter,
    machineOf: (definition) => machines.get(definition, 'EXPRESS'),
    environmentAt: environment,
    logs: options.logs,
    report,
  });
  const work = new Work({
    store,
    clock,
    ids,
    taskRunner,
    objectStorage: options.objectStorage,
    express,
    environmentAt: environment,
    expressions,
    interpreter,
    machineOf: (definition) => machines.get(definition),
    worker,
    tasksMax: options.tasksMax ?? 256,
    mapRunsMax: options.mapRunsMax ?? 1000,
    expressChildrenMax: options.expressChildrenMax ?? 1000,
    readingLimits: { ...READING_LIMITS, ...options.readingLimits },
    executionsCachedMax: options.executionsCachedMax ?? 10_000,
    leaseMs: options.leaseMs ?? 60_000,
    statusChanges: options.statusChanges,
    logs: options.logs,
    retries,
    activityTaskScheduled: (activityArn) => activities.taskScheduled(activityArn),
    stop,
    changed,
    ended: (stateMachineArn) => deletions.executionEnded(stateMachineArn),
    report,
  });
  const tokens = new TaskTokens(store, work.loop);
  const activities = new Activities({ store, clock, account, partition, loop: work.loop });
  const tags = new ResourceTags(store, activities);
  return {
    worker,
    retries,
    machines,
    versions,
    aliases,
    stateMachines,
    deletions,
    expressions,
    express,
    work,
    tokens,
    activities,
    tags,
  };
}
