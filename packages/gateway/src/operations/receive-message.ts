import { onQueue, type ReceiveMessageInput } from '@riposte/account';
import type { ServiceOperation } from '../pipeline/operation.ts';

/** What is in a message is for its receiver: the record of the call names it only. */
interface ReceivedMessages {
  Messages?: { MessageId?: string }[];
}

export const receiveMessage: ServiceOperation<ReceiveMessageInput, ReceivedMessages> = {
  ...onQueue,
  name: 'ReceiveMessage',
  access: 'write',
  handle: (context, input) => context.queues.receive(context, input, context.signal ?? context.callerGone),
  auditedOutput: ({ Messages = [] }) => ({ Messages: Messages.map(({ MessageId }) => ({ MessageId })) }),
};
