import type { PutPermissionRequest, RemovePermissionRequest } from '@aws-sdk/client-eventbridge';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';
import { busArn, touchedBus } from './events-arns.ts';

const service = 'events';

const putPermission: ServiceOperation<PutPermissionRequest> = {
  service,
  name: 'PutPermission',
  access: 'write',
  resourceArn: (context, { EventBusName }) => busArn(context, EventBusName),
  touched: (context, { EventBusName }) => touchedBus(busArn(context, EventBusName)),
  async handle({ services, region }, input) {
    const { EventBusName, Action, Principal, StatementId, Policy, Condition } = input;
    await services.events.putPermission(region, {
      ...defined({ EventBusName, Action, Principal, StatementId, Policy }),
      ...(Condition && {
        Condition: { Type: Condition.Type!, Key: Condition.Key!, Value: Condition.Value! }, // required by the model
      }),
    });
    return {};
  },
};

const removePermission: ServiceOperation<RemovePermissionRequest> = {
  service,
  name: 'RemovePermission',
  access: 'write',
  resourceArn: (context, { EventBusName }) => busArn(context, EventBusName),
  touched: (context, { EventBusName }) => touchedBus(busArn(context, EventBusName)),
  async handle({ services, region }, { EventBusName, StatementId, RemoveAllPermissions }) {
    await services.events.removePermission(
      region,
      defined({ EventBusName, StatementId, RemoveAllPermissions }),
    );
    return {};
  },
};

export const eventPermissionOperations = [putPermission, removePermission];
