export type { AccountStore, AccountTransaction } from './ports/account-store.ts';
export type { CallFilter, CallRecord, NewCallRecord, UserIdentity } from './ports/call-record.ts';
export type { Caller } from './ports/caller.ts';
export type { NewNotification, Notification } from './ports/notification.ts';
export type { AccountOperation, CallContext, TouchedResource } from './ports/operation.ts';
