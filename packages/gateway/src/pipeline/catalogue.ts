import type { CatalogueEntry } from './operation.ts';

/** One operation that answers. `write`: it changes something. */
export interface SupportedOperation {
  /** Signing name. */
  service: string;
  operation: string;
  access: 'read' | 'write';
}

/** Every operation that is written, by service and name. */
export class Catalogue {
  readonly #entries: ReadonlyMap<string, CatalogueEntry>;

  /** @throws Error when two rooms offer the same operation */
  constructor(entries: readonly CatalogueEntry[]) {
    const byName = new Map<string, CatalogueEntry>();
    for (const entry of entries) {
      const name = `${entry.operation.service}:${entry.operation.name}`;
      if (byName.has(name)) throw new Error(`${name} is written twice`);
      byName.set(name, entry);
    }
    this.#entries = byName;
  }

  find(service: string, operation: string): CatalogueEntry | undefined {
    return this.#entries.get(`${service}:${operation}`);
  }

  hasService(service: string): boolean {
    return this.list().some((supported) => supported.service === service);
  }

  /** Those of the services' APIs, in order of service and name. */
  list(): SupportedOperation[] {
    return [...this.#entries.values()]
      .filter(({ operation }) => operation.isOffered !== false)
      .map(({ operation: { service, name, access } }) => ({ service, operation: name, access }))
      .toSorted((a, b) => (`${a.service}:${a.operation}` < `${b.service}:${b.operation}` ? -1 : 1));
  }
}
