import type { Desk } from './desk.js';
import type { Html } from './html.js';

/** What was sent and not taken, to be shown where it was typed. */
export interface Refused {
  readonly action: string;
  readonly form: URLSearchParams;
  readonly message: string;
  /** The parameter to blame, null when none is. */
  readonly param: string | null;
}

/** One look at a page. */
export interface View {
  readonly desk: Desk;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly refused: Refused | null;
}

export interface Post {
  readonly desk: Desk;
  readonly path: Readonly<Record<string, string>>;
  readonly form: URLSearchParams;
}

/** What one button does. It throws a refusal, or says where to go on; undefined is the same page. */
export interface Action {
  readonly done: string;
  act(post: Post): string | undefined;
}

export interface DashboardPage {
  /** The part of the menu it belongs to. */
  readonly section: string;
  title(view: View): string;
  body(view: View): Html;
  /** By the value of the field `action`. */
  readonly actions?: Readonly<Record<string, Action>>;
}
