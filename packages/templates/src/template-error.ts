/** A spot in a template. Lines and columns count from 1; the path is `Resources/Fn/Properties/Timeout`. */
export interface Place {
  file: string;
  path: string;
  line: number;
  column: number;
}

/** The template, or what was given to it, cannot be used. Nothing was changed. */
export class TemplateError extends Error implements Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  /** What is wrong, as one sentence without a full stop. */
  readonly problem: string;
  /** What to do about it, likewise. */
  readonly fix: string;
  /** Further findings of the same look at the template. */
  readonly others: readonly TemplateError[];

  constructor(
    place: Place,
    finding: { problem: string; fix: string; cause?: unknown },
    others: readonly TemplateError[] = [],
  ) {
    const text = `${place.file}:${place.line}:${place.column}: ${finding.problem}${place.path === '' ? '' : ` (${place.path})`}. ${finding.fix}.`;
    super(
      [text, ...others.map((other) => other.message)].join('\n'),
      finding.cause === undefined ? undefined : { cause: finding.cause },
    );
    this.name = 'TemplateError';
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
    this.path = place.path;
    this.problem = finding.problem;
    this.fix = finding.fix;
    this.others = others;
  }
}

/** Collects findings, so that one look at a template names all that is wrong with it. */
export class Findings {
  readonly #errors: TemplateError[] = [];

  /** Runs `work`; a TemplateError is kept, anything else passes on. */
  async during(work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const { problem, fix, cause, others } = error;
      this.keep(others.length === 0 ? error : new TemplateError(error, { problem, fix, cause }));
      for (const other of others) this.keep(other);
    }
  }

  keep(error: TemplateError): void {
    // One place may be looked at for several resources, as Globals are.
    if (!this.#errors.some(({ message }) => message === error.message)) this.#errors.push(error);
  }

  /** @throws TemplateError the first finding, carrying the others */
  throwIfAny(): void {
    const [first, ...others] = this.#errors.sort(
      (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column,
    );
    if (first === undefined) return;
    if (others.length === 0) throw first;
    throw new TemplateError(first, { problem: first.problem, fix: first.fix, cause: first.cause }, others);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
