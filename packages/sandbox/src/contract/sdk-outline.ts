import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-api';

/** What the `stripe` package of one version knows, by names alone. */
export interface SdkOutline {
  readonly version: string;
  /** Paths of parameters, and of values of those that are enums ("a[b]=c"), by operation ("POST /v1/customers"). */
  readonly params: Readonly<Record<string, ReadonlySet<string>>>;
  /** Paths of the fields of each object ("a.b"), by its value of `object`. */
  readonly fields: Readonly<Record<string, ReadonlySet<string>>>;
}

/** Up to version 21 the package had its types in a folder of their own, apart from the code that calls. */
const hasOldLayout = (folder: string): boolean => existsSync(join(folder, 'types', 'index.d.ts'));

export const outlineOf = (folder: string): SdkOutline => {
  const resources = join(folder, 'esm', 'resources');
  const typesFolder = hasOldLayout(folder) ? join(folder, 'types') : resources;
  const files = filesIn(typesFolder).filter((file) => file.endsWith('.d.ts'));
  const program = ts.createProgram(files, {
    strict: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
  });
  const reader = new OutlineReader(program.getTypeChecker());
  const params: Record<string, Set<string>> = {};
  const fields: Record<string, Set<string>> = {};
  for (const file of files) {
    const source = program.getSourceFile(file);
    if (source === undefined) continue;
    const name = file.slice(typesFolder.length + 1).replace(/(Resource)?\.d\.ts$/, '');
    const calls = callsIn(join(resources, `${name}.js`));
    visit(source, (node) => {
      if (ts.isClassDeclaration(node)) readOperations(node, calls, reader, params);
      if (ts.isInterfaceDeclaration(node)) readObject(node, reader, fields);
    });
  }
  const version = readFileSync(join(folder, 'esm', 'apiVersion.js'), 'utf8').match(/'(20\d\d-[^']+)'/)?.[1] ?? '';
  return { version, params, fields };
};

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });

const visit = (node: ts.Node, see: (node: ts.Node) => void): void => {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
};

/** Which operation each method calls, in both ways it was ever written. */
const callsIn = (file: string): ReadonlyMap<string, string> => {
  if (!existsSync(file)) return new Map();
  const text = readFileSync(file, 'utf8');
  const calls = new Map<string, string>();
  for (const [, name = '', method = '', path = ''] of text.matchAll(
    /(\w+): stripeMethod\(\{\s*method: '([A-Z]+)',\s*fullPath:\s*'([^']+)'/g,
  )) {
    calls.set(name, `${method} ${path.replaceAll(/\{[^}]*\}/g, '*')}`);
  }
  let method = '';
  for (const line of text.split('\n')) {
    method = /^ {4}(\w+)\(/.exec(line)?.[1] ?? method;
    const [, verb, path] = /_makeRequest\('([A-Z]+)', ['`](\/[^'`]*)['`]/.exec(line) ?? [];
    if (verb !== undefined && path !== undefined && !calls.has(method)) {
      calls.set(method, `${verb} ${path.replaceAll(/\$\{[^}]*\}/g, '*')}`);
    }
  }
  return calls;
};

const readOperations = (
  node: ts.ClassDeclaration,
  calls: ReadonlyMap<string, string>,
  reader: OutlineReader,
  params: Record<string, Set<string>>,
): void => {
  for (const member of node.members) {
    if (!ts.isMethodDeclaration(member)) continue;
    const operation = calls.get(member.name.getText());
    if (operation === undefined) continue;
    const found = params[operation] ?? new Set<string>();
    params[operation] = found;
    const type = member.parameters.find((one) => one.name.getText() === 'params')?.type;
    if (type !== undefined) reader.readParams(type, found);
  }
};

const readObject = (
  node: ts.InterfaceDeclaration,
  reader: OutlineReader,
  fields: Record<string, Set<string>>,
): void => {
  if (node.name.text.startsWith('Deleted')) return;
  const member = node.members.find((one) => one.name?.getText() === 'object');
  if (member === undefined || !ts.isPropertySignature(member) || member.type === undefined) return;
  if (!ts.isLiteralTypeNode(member.type) || !ts.isStringLiteral(member.type.literal)) return;
  const { text } = member.type.literal;
  const found = fields[text] ?? new Set<string>();
  fields[text] = found;
  reader.readFields(node, found);
};

/** Deeper than anything that parameters and objects of Stripe nest. */
const depthMax = 9;

class OutlineReader {
  readonly #checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  readParams(node: ts.TypeNode, found: Set<string>): void {
    this.#walk(this.#checker.getTypeFromTypeNode(node), [], {
      found,
      nameOf: (path) => path.map((step, place) => (place === 0 ? step : `[${step}]`)).join(''),
      isOfObjects: false,
    });
  }

  readFields(node: ts.InterfaceDeclaration, found: Set<string>): void {
    this.#walk(this.#checker.getTypeAtLocation(node), [], {
      found,
      nameOf: (path) => path.join('.'),
      isOfObjects: true,
    });
  }

  #walk(type: ts.Type, path: readonly string[], walk: Walk): void {
    if (path.length > depthMax) return;
    if (type.isUnion()) {
      const literals = type.types.filter((one) => one.isStringLiteral());
      // A single literal is the kind of an object and no choice.
      if (literals.length > 1)
        for (const one of literals) if (one.value !== '') walk.found.add(`${walk.nameOf(path)}=${one.value}`);
      for (const member of type.types) if (!member.isStringLiteral()) this.#walk(member, path, walk);
      return;
    }
    if (!(type.flags & ts.TypeFlags.Object)) return;
    const name = type.symbol?.getName() ?? '';
    if (name === 'Decimal' || name === 'Date') return;
    const [argument] = this.#checker.getTypeArguments(type as ts.TypeReference);
    if (this.#checker.isArrayType(type)) {
      if (argument !== undefined) this.#walk(argument, path, walk);
      return;
    }
    if (this.#checker.getIndexInfosOfType(type).length > 0 || name.startsWith('ApiList')) return;
    const properties = this.#checker.getPropertiesOfType(type);
    if (path.length > 0 && walk.isOfObjects && properties.some((one) => one.getName() === 'object')) return;
    for (const property of properties) {
      if (property.getName() === 'lastResponse') continue;
      const inner = this.#checker.getTypeOfSymbol(property);
      if (isVoid(inner)) continue;
      const below = [...path, property.getName()];
      walk.found.add(walk.nameOf(below));
      this.#walk(inner, below, walk);
    }
  }
}

interface Walk {
  readonly found: Set<string>;
  nameOf(path: readonly string[]): string;
  /** Objects of Stripe inside of others are outlined by themselves. */
  readonly isOfObjects: boolean;
}

/** `deleted?: void` tells the living object from its stub; it is never on the wire. */
const isVoid = (type: ts.Type): boolean => {
  const members = type.isUnion() ? type.types : [type];
  return members.every((member) => (member.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined)) !== 0);
};
