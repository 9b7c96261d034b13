import { contract, type ObjectSchema } from './contract.js';

/** The contract's name of each value of `object`: "checkout.session" → "Checkout.Session". */
const namesByObject = new Map<string, string>();
for (const [name, type] of Object.entries(contract.types)) {
  const object = type.f.object;
  if (typeof object !== 'object' || !('e' in object)) continue;
  const value = String(object.e[0]);
  const known = namesByObject.get(value);
  // Stubs of deleted objects carry the same `object`; the living one is meant. The shortest name is the object itself.
  if (name.includes('Deleted') || (known !== undefined && known.length <= name.length)) continue;
  namesByObject.set(value, name);
}

export const typeNameOfObject = (object: string): string | undefined => namesByObject.get(object);

export const typeOfObject = (object: string): ObjectSchema | undefined =>
  contract.types[namesByObject.get(object) ?? ''];
