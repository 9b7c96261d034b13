import type { Statement, Together } from './database.js';
import { fewRows } from './few-rows.js';

/** The texts of such lists, by that of the question: the store has a few dozen questions, and each keeps its text. */
const LIST_TEXTS = new Map<string, string>();

/**
 * How a question whose parameters are single texts is asked for several at once: for each of a list of values, in one
 * statement, by the same plan. The answers of each come in its own order.
 */
export const TEXTS_TOGETHER: Together = {
  join(statements) {
    const [{ name, text, values = [] }] = statements as readonly [Statement, ...Statement[]];
    return {
      name: `${name}_together`,
      text: listTextOf(text, values.length),
      values: values.map((_, index) => statements.map((statement) => statement.values?.[index])),
    };
  },
  split(rows, count) {
    const answers: Record<string, unknown>[][] = Array.from({ length: count }, () => []);
    for (const row of rows) answers[Number(row.asked_turn) - 1]?.push(row);
    return answers;
  },
};

function listTextOf(text: string, parameters: number): string {
  const known = LIST_TEXTS.get(text) ?? listText(text, parameters);
  LIST_TEXTS.set(text, known);
  return known;
}

function listText(text: string, parameters: number): string {
  const places = Array.from({ length: parameters }, (_, index) => index + 1);
  const lists = places.map((place) => `$${place}::text[]`).join(', ');
  const names = places.map((place) => `value_${place}`).join(', ');
  const question = text.trim().replace(/\$(\d+)/g, 'asked.value_$1');
  return `
select asked.turn as asked_turn, each.*
from unnest(${lists}) with ordinality as asked (${names}, turn)
cross join lateral (
  select row_number() over () as asked_place, question.*
  from (
${question}
  ) question
) each
where ${fewRows('asked.value_1')}
order by asked.turn, each.asked_place`;
}
