import type { DeliveryRecord } from '../deliveries.js';
import { type Html, html } from './html.js';

/** How far it is, and what was answered. */
export const deliveryStateOf = (delivery: DeliveryRecord): Html => {
  const { attempts, answerStatus, answerError, status } = delivery;
  const answer = answerStatus === null ? (answerError ?? '') : `answered ${answerStatus}`;
  const tries = attempts > 1 ? `, ${attempts} tries` : '';
  const isGood = status === 'pending' || status === 'succeeded';
  return html`<span class="state${isGood ? '' : ' bad'}">${status}</span> ${answer}${tries}`;
};
