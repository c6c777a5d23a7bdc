import { ServiceError } from '@riposte/engine';
import { compilePattern, InvalidPattern, nextRun, parseSchedule } from '@riposte/patterns';
import { DEFAULT_BUS, eventBusNameOf, ruleArn } from '../arns.ts';
import { checkTags, Constraints, validationError } from '../constraints.ts';
import type { EventContext } from '../context.ts';
import { pageOf, type PageRequest } from '../pages.ts';
import type { EventService, Rule } from '../ports/event-service.ts';
import type { StoredRule } from '../ports/event-store.ts';
import { limitExceeded, type EventBuses } from './event-buses.ts';

type PutRuleInput = Parameters<EventService['putRule']>[1];

const STATES = ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'] as const;
const RULES_MAX = 300; // the service's default for one bus

/** Rules of the buses. PutRule resets what it leaves out; the targets stay. */
export class Rules {
  readonly #context: EventContext;
  readonly #buses: EventBuses;
  readonly #rescheduled: () => void;

  /** @param rescheduled  called when a rule with a schedule or with tags has changed */
  constructor(context: EventContext, buses: EventBuses, rescheduled: () => void) {
    this.#context = context;
    this.#buses = buses;
    this.#rescheduled = rescheduled;
  }

  async put(
    region: string,
    input: PutRuleInput,
    { simulated = false }: { simulated?: boolean } = {},
  ): Promise<{ RuleArn: string }> {
    const eventBusName = eventBusNameOf(input.EventBusName);
    checkPutRule(input, eventBusName);
    checkTags(input.tags);
    return this.#context.change(async () => {
      await this.#buses.describe(region, input.EventBusName);
      const existing = await this.#context.store.rule({ region, eventBusName, name: input.Name });
      if (!existing && (await this.#context.store.rules(region, eventBusName)).length >= RULES_MAX)
        throw limitExceeded();
      const arn = ruleArn(this.#context.home, region, eventBusName, input.Name);
      const rule: Rule = {
        Name: input.Name,
        Arn: arn,
        EventBusName: eventBusName,
        ...(input.EventPattern !== undefined && { EventPattern: input.EventPattern }),
        ...(input.ScheduleExpression !== undefined && { ScheduleExpression: input.ScheduleExpression }),
        State: STATES.find((state) => state === input.State) ?? 'ENABLED',
        ...(input.Description !== undefined && { Description: input.Description }),
        ...(input.RoleArn !== undefined && { RoleArn: input.RoleArn }),
      };
      refuseManaged(existing);
      const kept: Partial<StoredRule> = existing ?? (input.tags ? { tags: input.tags } : {});
      const { simulated: wasSimulated, ...others } = kept;
      await this.#write(region, rule, { ...others, ...(simulated && { simulated }) });
      if (existing && simulated && !wasSimulated && rule.ScheduleExpression !== undefined)
        this.#context.report({ kind: 'schedule-rehearsed', ruleArn: arn });
      return { RuleArn: arn };
    });
  }

  async describe(region: string, name: string, eventBusName?: string): Promise<Rule> {
    const { rule } = await this.find(region, name, eventBusName);
    return { ...rule, CreatedBy: this.#context.home.account };
  }

  async list(
    region: string,
    input: PageRequest & { EventBusName?: string },
  ): Promise<{ Rules: Rule[]; NextToken?: string }> {
    await this.#buses.describe(region, input.EventBusName);
    const rules = await this.#context.store.rules(region, eventBusNameOf(input.EventBusName));
    const { items, ...next } = pageOf(rules, ({ rule }) => rule.Name, input);
    return { Rules: items.map(({ rule }) => rule), ...next };
  }

  async setState(region: string, name: string, enabled: boolean, eventBusName?: string): Promise<void> {
    return this.#context.change(async () => {
      const existing = await this.find(region, name, eventBusName);
      refuseManaged(existing);
      if (enabled === (existing.rule.State !== 'DISABLED')) return;
      const { ScheduleExpression: expression } = existing.rule;
      // an earlier version may have accepted it
      if (enabled && expression !== undefined) checkSchedule(expression, existing.rule.EventBusName);
      await this.#write(region, { ...existing.rule, State: enabled ? 'ENABLED' : 'DISABLED' }, existing);
    });
  }

  /** Deleting a rule that is not there succeeds. */
  async delete(region: string, name: string, eventBusNameOrArn?: string): Promise<void> {
    return this.#context.change(async () => {
      await this.#buses.describe(region, eventBusNameOrArn);
      const key = { region, eventBusName: eventBusNameOf(eventBusNameOrArn), name };
      const existing = await this.#context.store.rule(key);
      if (!existing) return;
      refuseManaged(existing);
      if (existing.targets.length > 0) throw validationError("Rule can't be deleted since it has targets.");
      await this.#context.store.deleteRule(key);
      this.#context.catalogue.changed();
    });
  }

  /** @throws ServiceError ResourceNotFoundException for an unknown bus or rule */
  async find(region: string, name: string, eventBusNameOrArn?: string): Promise<StoredRule> {
    await this.#buses.describe(region, eventBusNameOrArn);
    const eventBusName = eventBusNameOf(eventBusNameOrArn);
    const stored = await this.#context.store.rule({ region, eventBusName, name });
    if (!stored)
      throw new ServiceError(
        'ResourceNotFoundException',
        `Rule ${name} does not exist on EventBus ${eventBusName}.`,
      );
    return stored;
  }

  /** @param existing  what stays of the rule that was there; of a new one its tags and its mark */
  async #write(region: string, rule: Rule, existing: Partial<StoredRule>): Promise<void> {
    const { store, clock, catalogue } = this.#context;
    const now = clock.now();
    const sameSchedule = existing.rule?.ScheduleExpression === rule.ScheduleExpression;
    const createdAtMs = (sameSchedule ? existing.createdAtMs : undefined) ?? now;
    const nextFireMs = nextFireOf(rule, now, createdAtMs);
    await store.putRule({
      region,
      rule,
      targets: existing.targets ?? [],
      createdAtMs,
      ...(existing.tags && { tags: existing.tags }),
      ...(existing.simulated && { simulated: existing.simulated }),
      ...(nextFireMs !== undefined && { nextFireMs }),
    });
    catalogue.changed();
    if (rule.ScheduleExpression !== undefined || existing.tags) this.#rescheduled();
  }
}

/** @throws ServiceError ManagedRuleException for a rule that belongs to a service */
export function refuseManaged(stored: StoredRule | undefined): void {
  if (stored?.rule.ManagedBy === undefined) return;
  const owner =
    stored.archiveName === undefined ? stored.rule.ManagedBy : `the archive ${stored.archiveName}`;
  throw new ServiceError(
    'ManagedRuleException',
    `Rule ${stored.rule.Name} belongs to ${owner} and changes only with it.`,
  );
}

/** When an enabled scheduled rule is due next. */
export function nextFireOf(rule: Rule, afterMs: number, anchorMs: number): number | undefined {
  if (rule.State === 'DISABLED' || rule.ScheduleExpression === undefined) return undefined;
  return nextRun(parseSchedule(rule.ScheduleExpression), afterMs, anchorMs);
}

function checkPutRule(input: PutRuleInput, eventBusName: string): void {
  new Constraints()
    .name(input.Name, 'name', 64)
    .length(input.EventPattern, 'eventPattern', { max: 4096 })
    .length(input.ScheduleExpression, 'scheduleExpression', { max: 256 })
    .length(input.Description, 'description', { max: 512 })
    .length(input.RoleArn, 'roleArn', { min: 1, max: 1600 })
    .oneOf(input.State, 'state', STATES)
    .enforce();
  if (!input.EventPattern && !input.ScheduleExpression)
    throw validationError('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  if (input.ScheduleExpression !== undefined) checkSchedule(input.ScheduleExpression, eventBusName);
  if (input.EventPattern !== undefined) checkPattern(input.EventPattern);
}

function checkSchedule(expression: string, eventBusName: string): void {
  if (eventBusName !== DEFAULT_BUS)
    throw validationError('ScheduleExpression is supported only on the default event bus.');
  try {
    parseSchedule(expression);
  } catch (error) {
    throw new ServiceError('ValidationException', 'Parameter ScheduleExpression is not valid.', 400, {
      cause: error,
    });
  }
}

/** @throws ServiceError InvalidEventPatternException with the matcher's reason */
export function checkPattern(pattern: string): ReturnType<typeof compilePattern> {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof InvalidPattern)) throw error;
    throw new ServiceError(
      'InvalidEventPatternException',
      `Event pattern is not valid. Reason: ${error.message}`,
      400,
      { cause: error },
    );
  }
}
