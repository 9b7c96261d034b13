/** One message to a host application's webhook endpoint. */
export interface HostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMilliseconds: number;
  /** Private and loopback addresses are refused unless allowed (OUT-1): a URL must not reach into our own network. */
  readonly allowPrivate: boolean;
  readonly allowLoopback: boolean;
}

export type HostAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'refused_address'; readonly message: string }
  | { readonly kind: 'unreachable'; readonly message: string };

/** The way out to host applications; the simulation plays them itself. */
export interface HostApplications {
  send(request: HostRequest): Promise<HostAnswer>;
}
