import type { AccountStore, AccountTransaction, CallRecord } from '@riposte/account';

/** The account's store, with word of what was written to it once it is on disk. */
export interface AnnouncedStore {
  store: AccountStore;
  /** @returns a function that ends the subscription */
  subscribe(listener: (call: CallRecord) => void): () => void;
  /** There is mail to send. */
  subscribeToNotifications(listener: () => void): void;
}

export function announceCalls(inner: AccountStore): AnnouncedStore {
  const listeners = new Set<(call: CallRecord) => void>();
  const notified: (() => void)[] = [];
  const store: AccountStore = {
    async transaction(work) {
      const written: CallRecord[] = [];
      let notifications = 0;
      const result = await inner.transaction((transaction) => {
        const observed: AccountTransaction = {
          get: (type, id) => transaction.get(type, id),
          list: (type, prefix) => transaction.list(type, prefix),
          put: (type, id, value) => transaction.put(type, id, value),
          delete: (type, id) => transaction.delete(type, id),
          findCalls: (filter) => transaction.findCalls(filter),
          findAnswer: (taskId, journalKey) => transaction.findAnswer(taskId, journalKey),
          appendCall(call) {
            const record = transaction.appendCall(call);
            written.push(record);
            return record;
          },
          enqueueNotification(notification) {
            notifications += 1;
            transaction.enqueueNotification(notification);
          },
        };
        return work(observed);
      });
      for (const call of written) for (const listener of listeners) listener(call);
      if (notifications > 0) for (const listener of notified) listener();
      return result;
    },
    dueNotifications: (nowMs, limit) => inner.dueNotifications(nowMs, limit),
    nextNotificationDueMs: () => inner.nextNotificationDueMs(),
    updateNotification: (id, change) => inner.updateNotification(id, change),
    listNotifications: (filter) => inner.listNotifications(filter),
  };
  return {
    store,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    subscribeToNotifications: (listener) => notified.push(listener),
  };
}
