/** The given fields only (what was left out of a request changes nothing), with `''` read as "unset", which is null. */
export const provided = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const present: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) present[name] = value === '' ? null : value;
  return present;
};
