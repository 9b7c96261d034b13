import type { Work } from '../work.js';
import { changeAccount } from './account-change.js';
import { type AccountState, accountStateOf, type RaisedRequirement } from './account-state.js';

export const deadlineDue = 'account.deadline';

/** Stripe asks for something more. A deadline that has passed already counts at once. */
export const raiseRequirement = (work: Work, asked: Omit<RaisedRequirement, 'isPastDue'>): AccountState => {
  const isPastDue = asked.dueAt !== null && asked.dueAt <= work.now;
  const others = accountStateOf(work).raised.filter(({ description }) => description !== asked.description);
  if (asked.dueAt !== null && !isPastDue) work.schedule(deadlineDue, asked.description, asked.dueAt);
  else work.unschedule(deadlineDue, asked.description);
  return changeAccount(work, { raised: [...others, { ...asked, isPastDue }] });
};

export const clearRequirement = (work: Work, cleared: string): AccountState => {
  work.unschedule(deadlineDue, cleared);
  return changeAccount(work, {
    raised: accountStateOf(work).raised.filter(({ description }) => description !== cleared),
  });
};

/** What was currently due and is not there is past due from this moment on. */
export const passDeadline = (work: Work, passed: string): void => {
  const { raised } = accountStateOf(work);
  changeAccount(work, {
    raised: raised.map((one) => (one.description === passed ? { ...one, isPastDue: true } : one)),
  });
};
