import type { Constraints, Grammar } from '../constraints.ts';
import type { Target } from '../ports/targets.ts';

const CHARACTERS_MAX = 512;

/**
 * The grammars of what a target adds to a request, as the service's model writes them. Those with nested repetitions or
 * characters that differ between Java and JavaScript are said here in a form that means the same and takes linear time.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_HttpParameters.html
 */
const GRAMMARS = {
  pathParameter: { pattern: /^(?!\s*$)[^\n\r\u0085\u2028\u2029]+$/, text: String.raw`^(?!\s*$).+` },
  headerName: {
    pattern: /^[!#$%&'*+-.^_`|~0-9a-zA-Z]+$/,
    text: "^[!#$%&'*+-.^_`|~0-9a-zA-Z]+$",
  },
  headerValue: {
    pattern: /^\t*[\x20-\x7e][\t\x20-\x7e]*$/,
    text: String.raw`^[ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*$`,
  },
  queryName: { pattern: /^[^\x00-\x1f\x7f]+$/, text: String.raw`[^\x00-\x1F\x7F]+` }, // oxlint-disable-line no-control-regex -- it is about them
  queryValue: {
    pattern: /^[^\x00-\x09\x0b\x0c\x0e-\x1f\x7f]+$/, // oxlint-disable-line no-control-regex -- it is about them
    text: String.raw`[^\x00-\x09\x0B\x0C\x0E-\x1F\x7F]+`,
  },
} as const satisfies Record<string, Grammar>;

type StringMap = Readonly<Record<string, string>>;

/**
 * Static values are checked; one that is a path into the event (`$.detail.id`) stands for what is known with the event
 * only, and is checked as the text that it is.
 * @param member  where they stand, e.g. `targets.1.member.httpParameters`
 */
export function checkHttpParameters(
  { PathParameterValues, HeaderParameters, QueryStringParameters }: NonNullable<Target['HttpParameters']>,
  member: string,
  constraints: Constraints,
): void {
  if (PathParameterValues)
    constraints.each('Member', PathParameterValues, `[${PathParameterValues.join(', ')}]`, {
      member: `${member}.pathParameterValues`,
      grammar: GRAMMARS.pathParameter,
    });
  const checkMap = (map: StringMap = {}, name: string, key: Grammar, value: Grammar): void => {
    const shown = `{${Object.entries(map)
      .map(([one, other]) => `${one}=${other}`)
      .join(', ')}}`;
    const at = { member: `${member}.${name}`, max: CHARACTERS_MAX };
    constraints.each('Map keys', Object.keys(map), shown, { ...at, grammar: key });
    constraints.each('Map value', Object.values(map), shown, { ...at, grammar: value });
  };
  checkMap(HeaderParameters, 'headerParameters', GRAMMARS.headerName, GRAMMARS.headerValue);
  checkMap(QueryStringParameters, 'queryStringParameters', GRAMMARS.queryName, GRAMMARS.queryValue);
}
