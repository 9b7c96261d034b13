/**
 * Every refusal a caller can meet: its code, stable for ever, the HTTP status, the kind, and what it means. The one
 * table for the API, its documentation and the SDK (`api/problem.ts` sends them, a test keeps the three together).
 * Feature areas add their codes in a file of their own below `problems/`.
 */
export interface ProblemKind {
  readonly status: number;
  readonly type:
    | 'invalid_request'
    | 'authentication'
    | 'permission'
    | 'not_found'
    | 'conflict'
    | 'rate_limit'
    | 'stripe'
    | 'internal';
  readonly meaning: string;
}

/** One refusal: what happened, what to do, and which parameter it is about. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly param?: string;
  /** Facts a program may act on, such as a checklist; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export const problem = (code: string, message: string, more: Omit<Problem, 'code' | 'message'> = {}): Problem => ({
  code,
  message,
  ...more,
});
