import { ServiceError } from '@riposte/engine';
import { eventBusNameOf, parseArn, ruleOfArn } from '../arns.ts';
import { checkTags, validationError } from '../constraints.ts';
import type { EventContext } from '../context.ts';
import type { EventBuses } from './event-buses.ts';
import type { Rules } from './rules.ts';

const TAGS_MAX = 50; // of one resource

type Tags = Readonly<Record<string, string>>;

/** Tags of rules and event buses. */
export class ResourceTags {
  readonly #context: EventContext;
  readonly #buses: EventBuses;
  readonly #rules: Rules;
  readonly #changed: () => void;

  /** @param changed  called when the tags of a rule have changed */
  constructor(context: EventContext, buses: EventBuses, rules: Rules, changed: () => void) {
    this.#changed = changed;
    this.#context = context;
    this.#buses = buses;
    this.#rules = rules;
  }

  async list(resourceArn: string): Promise<Tags> {
    const rule = ruleOfArn(resourceArn);
    if (rule) return (await this.#rules.find(rule.region, rule.name, rule.eventBusName)).tags ?? {};
    const bus = busOfArn(resourceArn);
    return (await this.#buses.describe(bus.region, bus.name)).tags ?? {};
  }

  async add(resourceArn: string, tags: Tags): Promise<void> {
    checkTags(tags);
    await this.#change(resourceArn, (before) => {
      const after = { ...before, ...tags };
      if (Object.keys(after).length > TAGS_MAX)
        throw new ServiceError(
          'LimitExceededException',
          'The requested resource exceeds the maximum number allowed.',
        );
      return after;
    });
  }

  /** Keys that are not there are passed over. */
  async remove(resourceArn: string, tagKeys: readonly string[]): Promise<void> {
    await this.#change(resourceArn, (before) =>
      Object.fromEntries(Object.entries(before).filter(([key]) => !tagKeys.includes(key))),
    );
  }

  async #change(resourceArn: string, to: (before: Tags) => Tags): Promise<void> {
    const rule = ruleOfArn(resourceArn);
    if (!rule) {
      const bus = busOfArn(resourceArn);
      await this.#buses.change(bus.region, bus.name, (before) => ({
        ...before,
        tags: to(before.tags ?? {}),
      }));
      return;
    }
    const { store, catalogue, change } = this.#context;
    await change(async () => {
      const stored = await this.#rules.find(rule.region, rule.name, rule.eventBusName);
      await store.putRule({ ...stored, tags: to(stored.tags ?? {}) });
      catalogue.changed();
      this.#changed();
    });
  }
}

function busOfArn(resourceArn: string): { region: string; name: string } {
  const arn = parseArn(resourceArn);
  if (arn?.service !== 'events' || !arn.resource.startsWith('event-bus/'))
    throw validationError(
      `Parameter ResourceARN is not valid. Reason: ${resourceArn} is the ARN of neither a rule nor an event bus.`,
    );
  return { region: arn.region, name: eventBusNameOf(resourceArn) };
}
