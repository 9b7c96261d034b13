/** Parameters of an account as they were given, merged: plain JSON, read by path. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** 'identity.individual.given_name' → what stands there, undefined when nothing does. */
export const fieldAt = (fields: Fields, path: string): unknown => {
  let value: unknown = fields;
  for (const name of path.split('.')) value = isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
};

export const textAt = (fields: Fields, path: string): string => {
  const value = fieldAt(fields, path);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

/** Objects are merged at every depth, lists replaced; null and '' take a field away. */
export const merged = (before: Fields, given: Fields): Fields => {
  const after: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (value === null || value === '') delete after[name];
    else if (isFields(value)) after[name] = merged(fieldsOf(before[name]), value);
    else after[name] = value;
  }
  return after;
};

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
