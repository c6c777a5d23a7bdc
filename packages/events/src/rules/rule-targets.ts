import { eventBusArn, eventBusNameOf } from '../arns.ts';
import { Constraints } from '../constraints.ts';
import type { EventContext } from '../context.ts';
import type { Target } from '../ports/targets.ts';
import type { EventBuses } from './event-buses.ts';
import { limitExceeded } from './event-buses.ts';
import { refuseManaged, type Rules } from './rules.ts';
import { checkTargets, refusalOf } from './target-checks.ts';

const TARGETS_MAX = 5; // of one rule

interface FailedTarget {
  TargetId?: string;
  ErrorCode?: string;
  ErrorMessage?: string;
}

/** Targets of rules. */
export class RuleTargets {
  readonly #context: EventContext;
  readonly #buses: EventBuses;
  readonly #rules: Rules;

  constructor(context: EventContext, buses: EventBuses, rules: Rules) {
    this.#context = context;
    this.#buses = buses;
    this.#rules = rules;
  }

  /** A target with an Id that is there is replaced. Targets of kinds that are not reachable here fail one by one. */
  async put(region: string, rule: string, targets: Target[], eventBusName?: string): Promise<FailedTarget[]> {
    checkTargets(targets);
    return this.#context.change(async () => {
      const stored = await this.#rules.find(region, rule, eventBusName);
      refuseManaged(stored);
      const ids = new Set([...stored.targets, ...targets].map(({ Id }) => Id));
      if (ids.size > TARGETS_MAX) throw limitExceeded();
      const { home } = this.#context;
      const bus = eventBusArn(home, region, stored.rule.EventBusName);
      const place = { account: home.account, eventBusArn: bus };
      const failed: FailedTarget[] = [];
      const kept = new Map(stored.targets.map((target) => [target.Id, target]));
      for (const target of targets) {
        const refusal = refusalOf(target, place);
        if (refusal === undefined) kept.set(target.Id, target);
        else failed.push({ TargetId: target.Id, ErrorCode: 'ValidationException', ErrorMessage: refusal });
      }
      await this.#context.store.putRule({ ...stored, targets: [...kept.values()] });
      this.#context.catalogue.changed();
      return failed;
    });
  }

  /** Ids that are not there are passed over. */
  async remove(region: string, rule: string, ids: string[], eventBusName?: string): Promise<FailedTarget[]> {
    const constraints = new Constraints();
    for (const [index, id] of ids.entries()) constraints.name(id, `ids.${index + 1}.member`, 64);
    constraints.enforce();
    return this.#context.change(async () => {
      const stored = await this.#rules.find(region, rule, eventBusName);
      refuseManaged(stored);
      const targets = stored.targets.filter((target) => !ids.includes(target.Id));
      await this.#context.store.putRule({ ...stored, targets });
      this.#context.catalogue.changed();
      return [];
    });
  }

  async list(region: string, rule: string, eventBusName?: string): Promise<Target[]> {
    return (await this.#rules.find(region, rule, eventBusName)).targets;
  }

  async ruleNamesFor(region: string, targetArn: string, eventBusName?: string): Promise<string[]> {
    new Constraints().length(targetArn, 'targetArn', { min: 1, max: 1600 }).enforce();
    await this.#buses.describe(region, eventBusName);
    const rules = await this.#context.store.rules(region, eventBusNameOf(eventBusName));
    return rules
      .filter(({ targets }) => targets.some((target) => target.Arn === targetArn))
      .map(({ rule }) => rule.Name);
  }
}
