/** Dotted paths as a tree of names, so that an event is walked only where somebody looks. */
export class PathTree {
  readonly #names = new Map<string, PathTree>();
  #isPath = false;

  /** Whether a path ends here. */
  get isPath(): boolean {
    return this.#isPath;
  }

  add(path: string): void {
    let node = this.#child(path.split('.', 1)[0] ?? '');
    for (const name of path.split('.').slice(1)) node = node.#child(name);
    node.#isPath = true;
  }

  /** @param name of a member; one with dots stands for as many steps */
  below(name: string): PathTree | undefined {
    if (!name.includes('.')) return this.#names.get(name);
    const [first = '', ...others] = name.split('.');
    return others.reduce<PathTree | undefined>((node, step) => node && node.below(step), this.below(first));
  }

  #child(name: string): PathTree {
    const child = this.#names.get(name) ?? new PathTree();
    this.#names.set(name, child);
    return child;
  }
}
