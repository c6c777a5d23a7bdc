import type { Decision, MapRunPlan } from '@riposte/asl';
import { labelledMachineArn } from '../arn.ts';
import type { MapRunChange, MapRunStatus, NewMapRun } from '../ports/map-runs.ts';
import type { LiveExecution } from './live-execution.ts';

/** What a decision does to the Map Runs of its execution: those that it starts, redrives, has an end of, or drops. */
export function mapRunChanges(
  live: LiveExecution,
  { commands, outcome }: Decision,
  {
    consumes,
    endsAs,
    nowMs,
    childNotice,
  }: { consumes?: string; endsAs: MapRunStatus; nowMs: number; childNotice?: string },
): MapRunChange[] {
  const told = childNotice === undefined ? {} : { childNotice };
  const cancelled = commands.flatMap((command) => (command.type === 'cancel' ? [command.id] : []));
  const dropped = outcome ? [...live.effects.keys()] : cancelled;
  const ended = [
    ...(consumes === undefined ? [] : [{ id: consumes, status: endsAs }]),
    ...dropped.filter((id) => id !== consumes).map((id) => ({ id, status: 'ABORTED' as const })),
  ].flatMap(({ id, status }): MapRunChange[] => {
    const mapRunArn = live.effects.get(id)?.mapRunArn;
    return mapRunArn === undefined ? [] : [{ type: 'ended', mapRunArn, status, stopDate: nowMs, ...told }];
  });
  return outcome ? ended : [...ended, ...begun(live, commands, nowMs, told)];
}

function begun(
  live: LiveExecution,
  commands: Decision['commands'],
  nowMs: number,
  told: { childNotice?: string },
): MapRunChange[] {
  return commands.flatMap((command): MapRunChange[] => {
    if (command.type === 'start-map-run') {
      const { mapRunArn, taskId, plan } = command;
      const mapRun = newMapRun(live.execution.executionArn, mapRunArn, taskId, plan, nowMs);
      return [{ type: 'started', mapRun }];
    }
    if (command.type !== 'redrive-map-run') return [];
    const { mapRunArn, taskId: effectId } = command;
    return [{ type: 'redriven', mapRunArn, effectId, redriveDate: nowMs, ...told }];
  });
}

function newMapRun(
  executionArn: string,
  mapRunArn: string,
  effectId: string,
  plan: MapRunPlan,
  startDate: number,
): NewMapRun {
  const { executionType, maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = plan;
  return {
    mapRunArn,
    executionArn,
    effectId,
    stateMachineArn: labelledMachineArn(mapRunArn),
    executionType,
    startDate,
    maxConcurrency,
    ...(toleratedFailureCount !== undefined && { toleratedFailureCount }),
    ...(toleratedFailurePercentage !== undefined && { toleratedFailurePercentage }),
    plan: JSON.stringify(plan),
  };
}
