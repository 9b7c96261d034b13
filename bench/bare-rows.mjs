// The rows that one of our commits wrote, written again under new ids by SQL that does nothing else: the bare limit of a
// commit. What they are is read from a commit that happened, so that both write the same.
const IDENTIFYING = [
  'id',
  'number',
  'key',
  'external_id',
  'object_id',
  'secret_hash',
  'token_hash',
  'hosted_token_hash',
];

/**
 * `selections` are pairs of a table and a condition with `$1`; `ask(text, values)` gives rows. Only what is made anew each
 * time: rows that the commit changed are left to the caller.
 */
export async function readRows(ask, selections, value) {
  const rows = [];
  for (const [table, condition] of selections) {
    const columns = await ask(
      `select column_name, udt_name from information_schema.columns
where table_name = $1 and is_identity = 'NO' and is_generated = 'NEVER' order by ordinal_position`,
      [table],
    );
    const list = columns.map(({ column_name: name }) => `${name}::text as ${name}`).join(', ');
    const found = await ask(`select ${list} from ${table} where ${condition}`, [value]);
    if (found.length === 0) throw new Error(`nothing was written to ${table}`);
    rows.push(...found.map((row) => ({ table, columns, row })));
  }
  return rows;
}

/** One statement a row: `{ text, valuesFor(n) }`; the values of each n are those of the rows with ids of their own. */
export function insertsOf(rows) {
  const ids = idsIn(rows);
  return rows.map(({ table, columns, row }) => {
    const makers = columns.map(({ column_name: name }) => makerOf(row[name], ids));
    const places = columns.map(({ udt_name: type }, index) => `$${index + 1}::${type}`);
    const names = columns.map(({ column_name: name }) => name).join(', ');
    return {
      name: `bare_${table}`,
      text: `insert into ${table} (${names}) values (${places.join(', ')})`,
      valuesFor: (number) => makers.map((make) => make(number)),
    };
  });
}

/** All of them as one statement. */
export function insertOf(rows) {
  const inserts = insertsOf(rows);
  let taken = 0;
  const clauses = inserts.map(({ text }, index) => {
    const shifted = text.replace(/\$(\d+)/g, (_, place) => `$${Number(place) + taken}`);
    taken += text.match(/\$\d+/g).length;
    return `w${index} as (${shifted})`;
  });
  return {
    name: 'bare_write',
    text: `with ${clauses.join(', ')} select 1`,
    valuesFor: (number) => inserts.flatMap(({ valuesFor }) => valuesFor(number)),
  };
}

/** Every id that a row is known by, long ones first, so that none is taken for a part of another. */
export function idsIn(rows) {
  const ids = new Set();
  for (const { row } of rows) for (const name of IDENTIFYING) if (row[name] != null) ids.add(row[name]);
  return [...ids].sort((a, b) => b.length - a.length);
}

/** The value of each n: with `-n` behind every id that stands in it. */
export function makerOf(value, ids) {
  if (value === null || !ids.some((id) => value.includes(id))) return () => value;
  const parts = [value];
  for (const id of ids)
    for (let index = parts.length - 1; index >= 0; index -= 2) {
      const split = parts[index].split(id).flatMap((text, place) => (place === 0 ? [text] : [id, text]));
      parts.splice(index, 1, ...split);
    }
  return (number) => parts.map((part, index) => (index % 2 === 1 ? `${part}-${number}` : part)).join('');
}
