import { ServiceError } from '@riposte/engine';
import type { CallContext } from '@riposte/account';
import type { ServiceOperation } from '../pipeline/operation.ts';

const service = 'events';

/** Operations for partners' event sources and for endpoints in several regions: neither can be had here. */
const DISABLED = [
  'ActivateEventSource',
  'CreateEndpoint',
  'CreatePartnerEventSource',
  'DeactivateEventSource',
  'DeleteEndpoint',
  'DeletePartnerEventSource',
  'DescribeEndpoint',
  'DescribeEventSource',
  'DescribePartnerEventSource',
  'ListPartnerEventSourceAccounts',
  'PutPartnerEvents',
  'UpdateEndpoint',
];

/** Their lists, which are empty, by the member of the answer. */
const EMPTY = [
  ['ListEndpoints', 'Endpoints'],
  ['ListEventSources', 'EventSources'],
  ['ListPartnerEventSources', 'PartnerEventSources'],
] as const;

const resourceArn = (_context: CallContext, _input: object) => '*';

/** What EventBridge itself answers where a feature is not available in a region. */
export const unavailableEventOperations: ServiceOperation<object>[] = [
  ...DISABLED.map((name): ServiceOperation<object> => {
    const access = /^(Describe|List)/.test(name) ? 'read' : 'write';
    return {
      service,
      name,
      isOffered: false,
      access,
      resourceArn,
      async handle() {
        throw new ServiceError(
          'OperationDisabledException',
          `${name} is not available: this server has no partner event sources and no global endpoints.`,
        );
      },
    };
  }),
  ...EMPTY.map(([name, member]): ServiceOperation<object> => ({
    service,
    name,
    access: 'read',
    resourceArn,
    handle: async () => ({ [member]: [] }),
  })),
];
