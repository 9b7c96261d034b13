/** Finds what serves a method and path. Fixed segments win over parameters. */
export class Router<T> {
  readonly #roots = new Map<string, Node<T>>();
  /** Routes without parameters, which need no descent. */
  readonly #fixed = new Map<string, Found<T>>();

  /** `route` is 'POST /v1/customers/:customer'. */
  add(route: string, value: T): void {
    const [method = '', path = ''] = route.split(' ');
    const names: string[] = [];
    let node = this.#roots.get(method) ?? newNode<T>();
    this.#roots.set(method, node);
    for (const segment of path.split('/').slice(1)) {
      if (segment.startsWith(':')) {
        names.push(segment.slice(1));
        node.parameter ??= newNode<T>();
        node = node.parameter;
      } else {
        const next = node.fixed.get(segment) ?? newNode<T>();
        node.fixed.set(segment, next);
        node = next;
      }
    }
    node.leaf = { names, value, route };
    if (names.length === 0) this.#fixed.set(route, { value, route, path: noParameters });
  }

  find(method: string, path: string): Found<T> | undefined {
    const fixed = this.#fixed.get(`${method} ${path}`);
    if (fixed !== undefined) return fixed;
    const root = this.#roots.get(method);
    if (root === undefined) return undefined;
    const values: string[] = [];
    const leaf = descend(root, path.split('/'), 1, values);
    if (leaf === undefined) return undefined;
    const parameters: Record<string, string> = {};
    for (const [position, name] of leaf.names.entries()) parameters[name] = decoded(values[position] ?? '');
    return { value: leaf.value, route: leaf.route, path: parameters };
  }
}

const noParameters: Readonly<Record<string, string>> = {};

export interface Found<T> {
  readonly value: T;
  readonly route: string;
  readonly path: Readonly<Record<string, string>>;
}

interface Leaf<T> {
  readonly names: readonly string[];
  readonly value: T;
  readonly route: string;
}

interface Node<T> {
  readonly fixed: Map<string, Node<T>>;
  parameter: Node<T> | undefined;
  leaf: Leaf<T> | undefined;
}

const newNode = <T>(): Node<T> => ({ fixed: new Map(), parameter: undefined, leaf: undefined });

/** Paths have a handful of segments, so that the recursion is bounded by the longest route. */
const descend = <T>(
  node: Node<T>,
  segments: readonly string[],
  position: number,
  values: string[],
): Leaf<T> | undefined => {
  const segment = segments[position];
  if (segment === undefined) return node.leaf;
  const fixed = node.fixed.get(segment);
  const found = fixed === undefined ? undefined : descend(fixed, segments, position + 1, values);
  if (found !== undefined || node.parameter === undefined || segment === '') return found;
  values.push(segment);
  const leaf = descend(node.parameter, segments, position + 1, values);
  if (leaf === undefined) values.pop();
  return leaf;
};

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};
