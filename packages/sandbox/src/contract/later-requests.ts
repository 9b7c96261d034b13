import { invalidRequest } from '../errors.js';
import { isRecord, type Raw, type RawRecord } from '../form.js';
import { laterParams } from './since.js';
import { elided } from './string-check.js';

/** Of what an endpoint is told, whatever the version of who makes it: it has a version of its own. */
const exempt = /^POST \/v1\/webhook_endpoints(\/\*)?$/;

/** What this version does not know yet of an operation: names as they stand in the request, to be refused as unknown. */
export const laterNames = (operation: string, raw: RawRecord, version: string): string[] => {
  const later = laterParams(version, operation);
  if (later.size === 0 || exempt.test(operation)) return [];
  const found: string[] = [];
  look(raw, { name: '', shown: '' }, { later, found });
  return found;
};

interface Search {
  readonly later: ReadonlySet<string>;
  readonly found: string[];
}

interface Place {
  /** Without the positions in lists, as the table has it. */
  readonly name: string;
  readonly shown: string;
}

const inside = (place: string, name: string): string => (place === '' ? name : `${place}[${name}]`);

const look = (raw: Raw, place: Place, search: Search): void => {
  if (Array.isArray(raw)) {
    for (const [position, entry] of raw.entries())
      look(entry, { name: place.name, shown: inside(place.shown, String(position)) }, search);
  } else if (isRecord(raw)) {
    for (const [name, value] of Object.entries(raw)) {
      const below = {
        name: /^\d+$/.test(name) ? place.name : inside(place.name, name),
        shown: inside(place.shown, name),
      };
      if (search.later.has(below.name)) search.found.push(below.shown);
      else look(value, below, search);
    }
  } else if (search.later.has(`${place.name}=${String(raw)}`)) {
    throw invalidRequest(`Invalid ${place.shown}: ${elided(String(raw))} is not known to this API version.`, {
      param: place.shown,
    });
  }
};
