import type { Json, JsonObject } from '@riposte/json';
import type { StateType } from '../machine.ts';
import type { Stage } from '../states/handler.ts';
import type { HttpTrace, InspectionData, StateTest } from './contract.ts';
import { spacedJson } from './layout.ts';
import type { Subject } from './subject.ts';

const BEFORE_WORK: readonly Stage[] = ['afterInputPath', 'afterParameters'];
const AFTER_WORK: readonly Stage[] = ['afterResultSelector', 'afterResultPath'];

/** The stages that the service shows of a state in JSONPath mode (recorded; Wait and the end of a Map by likeness). */
const JSONPATH: Record<StateType, readonly Stage[]> = {
  Pass: [...BEFORE_WORK, 'result', ...AFTER_WORK],
  Task: [...BEFORE_WORK, 'result', ...AFTER_WORK],
  Parallel: AFTER_WORK,
  Map: ['afterInputPath', 'afterItemsPath', 'maxConcurrency', ...AFTER_WORK],
  Choice: ['afterInputPath'],
  Wait: ['afterInputPath'],
  Succeed: ['afterInputPath'],
  Fail: ['afterInputPath'],
};

/** And in JSONata mode, where the other states show their input only. */
const JSONATA: Partial<Record<StateType, readonly Stage[]>> = {
  Task: ['afterArguments', 'result'],
  Map: ['maxConcurrency'],
};

/** Collects what DEBUG and TRACE show. */
export class Inspection {
  readonly #subject: Subject;
  readonly #data: InspectionData;

  constructor(subject: Subject, input: Json) {
    this.#subject = subject;
    this.#data = { input: spacedJson(input) };
    // A Fail state has no InputPath; the service shows it as if it had.
    if (subject.state.Type === 'Fail') this.observe('afterInputPath', input);
  }

  observe(stage: Stage, value: Json): void {
    const { state, language } = this.#subject;
    const shown = language === 'JSONata' ? (JSONATA[state.Type] ?? []) : JSONPATH[state.Type];
    if (!shown.includes(stage)) return;
    if (stage === 'maxConcurrency') this.#data.maxConcurrency = Number(value);
    else this.#data[stage] = spacedJson(value);
    // A Pass with a Result shows that in the place of what it would have passed on.
    if (stage === 'result' && state.Type === 'Pass') for (const before of BEFORE_WORK) this.#remove(before);
  }

  add(data: Partial<InspectionData>): void {
    Object.assign(this.#data, data);
  }

  /**
   * Takes in the HTTP exchange of a Task, where the test's level shows it. Other levels and other states have nothing
   * that `revealSecrets` could reveal: the service says of no such request that it were refused.
   */
  httpTrace({ inspectionLevel, revealSecrets }: StateTest): HttpTrace | undefined {
    if (inspectionLevel !== 'TRACE') return undefined;
    return {
      revealsSecrets: revealSecrets === true,
      requested: (request) => this.add({ request }),
      answered: (response) => this.add({ response }),
    };
  }

  /** Those the test was given and those that the state assigned. */
  showVariables(variables: JsonObject): void {
    if (Object.keys(variables).length > 0) this.#data.variables = spacedJson(variables);
  }

  data(): InspectionData {
    return this.#data;
  }

  #remove(stage: Stage): void {
    delete this.#data[stage];
  }
}
