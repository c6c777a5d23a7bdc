/**
 * Where in a function's code a SyntaxError is. Node.js says it at the head of the error's stack, but for a module that
 * does not compile: that place goes only to what a dying process prints. Such a file is read once more by another
 * Node.js with `--check`, which runs nothing of it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The file that does not compile is the one asked for last, but where the function goes on after a failed import. */
const CHECKED_MAX = 5;
const CHECK_MS_MAX = 2_000;

/** A packed function may be one long line: this much of it is told, and this much of that before the place. */
const COLUMNS_MAX = 160;
const COLUMNS_BEFORE = 100;

/** URLs of the modules that were asked for, the newest last. */
const asked = new Set<string>();

export function rememberModules(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      asked.delete(resolved.url);
      asked.add(resolved.url);
      return resolved;
    },
  });
}

/**
 * The stack of `error` without the runtime's own frames: `file:line`, the source line and a mark below it, as far as
 * they can be found; what it is; the function's frames. Paths are relative to `taskRoot`.
 * @param title stands for the error's name and message
 */
export function syntaxErrorStack(error: SyntaxError, title: string, taskRoot: string): string {
  const root = realpathSync(taskRoot); // modules are named by their real paths
  const lines = String(error.stack).split('\n');
  const titleAt = titleLine(lines, error.message);
  const frames = lines.slice(titleAt + 1).filter((line) => line.startsWith('    at '));
  let place = lines.slice(0, Math.max(0, titleAt)).filter((line) => line !== '');
  // An error that the function's code threw itself, as JSON.parse does, has its place in the frames.
  if (place.length === 0 && frames[0]?.includes('(node:internal/')) place = checkedPlace(error, root);
  const own = frames.filter((frame) => frame.includes(root) || frame.includes(pathToFileURL(root).href));
  const inside = [...cut(place), title, ...own].join('\n');
  return inside.replaceAll(`${pathToFileURL(root).href}/`, '').replaceAll(root + sep, '');
}

function titleLine(lines: readonly string[], message: string): number {
  const [first = ''] = message.split('\n', 1);
  return lines.findLastIndex((line) => line.startsWith('SyntaxError') && line.endsWith(`: ${first}`));
}

function checkedPlace(error: SyntaxError, root: string): string[] {
  const files = [...asked]
    .filter((url) => url.startsWith('file:'))
    .map((url) => fileURLToPath(new URL(url)))
    .filter((file) => file.startsWith(root + sep));
  for (const file of files.toReversed().slice(0, CHECKED_MAX)) {
    const place = check(file, error.message, root);
    if (place) return place;
  }
  return [];
}

/** Only modules come here; what is no module, and TypeScript that cannot be read, Node.js places itself. */
function check(file: string, message: string, root: string): string[] | undefined {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
    if (/\.[mc]?ts$/.test(file)) source = stripTypeScriptTypes(source); // leaves every place as it is
  } catch {
    return undefined;
  }
  const { stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    input: source,
    encoding: 'utf8',
    env: {},
    timeout: CHECK_MS_MAX,
  });
  const lines = String(stderr).split('\n');
  const titleAt = titleLine(lines, message);
  const line = /^\[stdin\]:(\d+)$/.exec(lines[0] ?? '')?.[1];
  if (titleAt < 0 || line === undefined) return undefined;
  const marked = lines.slice(1, titleAt).filter((text) => text !== '');
  return [`${relative(root, file)}:${line}`, ...marked];
}

/** Node.js marks no place beyond the 1,000th column or so. */
function cut(place: readonly string[]): string[] {
  const [where = '', ...marked] = place;
  const column = marked.findLast((line) => /^\s*\^+$/.test(line))?.indexOf('^');
  if (column === undefined) return marked.some((line) => line.length > COLUMNS_MAX) ? [where] : [...place];
  const from = Math.max(0, column - COLUMNS_BEFORE);
  return [where, ...marked.map((line) => line.slice(from, from + COLUMNS_MAX))];
}
