import type { RequestRecord } from './request-log.js';

/** What a `stripe logs tail` asks for: lists of what it wants to see, by the name of its flag. */
export interface TailFilters {
  readonly filter_http_method?: readonly string[];
  readonly filter_request_path?: readonly string[];
  readonly filter_request_status?: readonly string[];
  readonly filter_status_code?: readonly string[];
  readonly filter_status_code_type?: readonly string[];
}

/** As the CLI sends them: one text of JSON. What cannot be read filters nothing. */
export const tailFiltersFrom = (text: string | undefined): TailFilters => {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as TailFilters) : {};
  } catch {
    return {};
  }
};

export const isTailed = (record: RequestRecord, filters: TailFilters): boolean => {
  const status = String(record.status);
  const outcome = record.status < 400 ? 'SUCCEEDED' : 'FAILED';
  return (
    // Nobody was answered.
    record.status !== 0 &&
    isAmong(filters.filter_http_method, record.method) &&
    isAmong(filters.filter_request_path, pathOf(record)) &&
    isAmong(filters.filter_request_status, outcome) &&
    isAmong(filters.filter_status_code, status) &&
    isAmong(filters.filter_status_code_type, `${status[0]}XX`)
  );
};

const isAmong = (wanted: readonly string[] | undefined, value: string): boolean =>
  wanted === undefined || wanted.length === 0 || wanted.includes(value);

const pathOf = ({ url }: RequestRecord): string => url.split('?')[0] ?? '';

/** One line of the log, in the form that `@stripe/cli` 1.52 reads. */
export const tailFrame = (record: RequestRecord, livemode: boolean): string =>
  JSON.stringify({
    type: 'request_log_event',
    request_log_id: record.id,
    event_payload: JSON.stringify({
      created_at: Math.floor(record.at / 1000),
      livemode,
      method: record.method,
      request_id: record.id,
      status: record.status,
      url: pathOf(record),
      error: errorOf(record),
    }),
  });

const shownOfErrors = ['type', 'charge', 'code', 'decline_code', 'message', 'param'] as const;

const errorOf = ({ status, answer }: RequestRecord): Readonly<Record<string, string>> => {
  if (status < 400) return {};
  const error = (JSON.parse(answer) as { error?: unknown }).error;
  if (typeof error !== 'object' || error === null) return {};
  const facts = error as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    shownOfErrors.flatMap((name) => (typeof facts[name] === 'string' ? [[name, facts[name]]] : [])),
  );
};
