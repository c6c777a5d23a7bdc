export type { AccountReading, AccountStore, AccountTransaction } from './ports/account-store.ts';
export type { CallFilter, CallRecord, NewCallRecord, UserIdentity } from './ports/call-record.ts';
export type { Caller } from './ports/caller.ts';
export type {
  LogEvent,
  LogEventQuery,
  LogEvents,
  LogPlace,
  LogPosition,
  NewLogEvent,
} from './ports/log-events.ts';
export type { NewNotification, Notification } from './ports/notification.ts';
export type {
  AccountOperation,
  CallContext,
  NeededAction,
  TouchedResource,
  UndefinedRoles,
} from './ports/operation.ts';
export type { NewQueueMessage, QueueMessage, QueueMessages } from './ports/queue-messages.ts';
export { chainCall, lookupUserName, verifyCallChain } from './audit/call-chain.ts';
export { recordLastUsed } from './iam/access-keys.ts';
export { appendLogEvents, appendToLogGroup } from './logs/append.ts';
export { hasLogGroup } from './logs/records.ts';
export { expireLogs } from './logs/retention.ts';
export { mailSubject } from './mail/message.ts';
export { createNotifier, type Notifier, type NotifierOptions } from './mail/notifier.ts';
export { outboxTransport } from './mail/outbox.ts';
export { smtpTransport } from './mail/smtp.ts';
export { MailRefused, type MailTransport } from './mail/transport.ts';
export { accountOperations } from './operations.ts';
export { isSimulated } from './simulated.ts';
export { createMessageMover } from './sqs/message-mover.ts';
export { onQueue } from './sqs/queue-address.ts';
export { QueueRefused } from './sns/queue-refused.ts';
export { receiveMessages, type ReceiveMessageInput } from './sqs/receive.ts';
export { chainedSession } from './sts/assume-role.ts';
export { policiesOf } from './sts/caller-policies.ts';
export { findSigningCredentials, forgetExpiredSessions } from './sts/credentials.ts';
export { roleSession } from './sts/role-sessions.ts';
