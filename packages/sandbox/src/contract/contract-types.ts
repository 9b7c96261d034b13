import { relative } from 'node:path';
import ts from 'typescript-api';
import type { ObjectSchema, OperationContract, Schema } from './contract.js';
import { documentedFields, documentedTypes } from './documented-types.js';
import { documentedLengths, lengthInComment } from './lengths.js';

type Literal = ts.StringLiteralType | ts.NumberLiteralType;

/** Walks the types reachable from operations and keeps them in a table by name. */
export class ContractTypes {
  readonly #checker: ts.TypeChecker;
  readonly #folder: string;
  readonly #filesInScope: ReadonlySet<string>;
  readonly #table = new Map<string, ObjectSchema>();

  constructor(checker: ts.TypeChecker, folder: string, filesInScope: ReadonlySet<string>) {
    this.#checker = checker;
    this.#folder = folder;
    this.#filesInScope = filesInScope;
  }

  table(): Record<string, ObjectSchema> {
    const all = [...this.#table, ...Object.entries(documentedTypes)];
    const inOrder = all.sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(inOrder.map(([name, type]) => [name, withoutEmptyLengths(type)]));
  }

  operation(method: ts.MethodDeclaration): OperationContract {
    const params = method.parameters.find((parameter) => parameter.name.getText() === 'params');
    const paramsSchema =
      params?.type === undefined ? undefined : this.#schema(this.#checker.getTypeFromTypeNode(params.type));
    const returns = method.type === undefined ? '*' : this.#returned(method.type);
    if (typeof paramsSchema !== 'string' || !paramsSchema.startsWith('@')) return { returns };
    return { params: paramsSchema.slice(1), returns };
  }

  /** Promise<Response<T>> is T; ApiListPromise<T> is a list of T. */
  #returned(node: ts.TypeNode): Schema {
    if (!ts.isTypeReferenceNode(node)) return '*';
    const name = node.typeName.getText();
    const inner = node.typeArguments?.[0];
    if (inner === undefined) return this.#schema(this.#checker.getTypeFromTypeNode(node));
    if (name === 'Promise' || name === 'Response') return this.#returned(inner);
    const schema = this.#schema(this.#checker.getTypeFromTypeNode(inner));
    return name.includes('List') || name.includes('Search') ? { l: schema } : schema;
  }

  #schema(type: ts.Type): Schema {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return '*';
    if (type.flags & ts.TypeFlags.String) return 's';
    if (type.flags & ts.TypeFlags.Number) return 'n';
    if (type.flags & ts.TypeFlags.Boolean) return 'b';
    if (type.isStringLiteral() || type.isNumberLiteral()) return { e: [type.value] };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { e: [this.#checker.typeToString(type) === 'true'] };
    if (type.isUnion()) return this.#union(type);
    // `string & {}` is how the SDK says "and values that come later".
    if (type.isIntersection()) return 's';
    return this.#object(type);
  }

  #union(type: ts.UnionType): Schema {
    const members = type.types.filter((member) => !(member.flags & ts.TypeFlags.Undefined));
    const isEmpty = (member: ts.Type): boolean =>
      (member.flags & ts.TypeFlags.Null) !== 0 || (member.isStringLiteral() && member.value === '');
    const rest = members.filter((member) => !isEmpty(member));
    const schema = this.#unionOfPresent(rest);
    return rest.length === members.length ? schema : { n: schema };
  }

  #unionOfPresent(members: readonly ts.Type[]): Schema {
    const event = this.#eventBase(members);
    if (event !== undefined) return event;
    const literals = members.filter(
      (member): member is Literal => member.isStringLiteral() || member.isNumberLiteral(),
    );
    const booleans = members.filter((member) => member.flags & ts.TypeFlags.BooleanLiteral);
    const others = members.filter((member) => !literals.some((one) => one === member) && !booleans.includes(member));
    const schemas: Schema[] = [];
    if (booleans.length === 2) schemas.push('b');
    else for (const one of booleans) schemas.push(this.#schema(one));
    const open = literals.length > 0 && others.some((member) => member.isIntersection());
    if (literals.length > 0) {
      const values = literals.map((member) => member.value);
      schemas.push({ e: values });
    }
    for (const member of others) if (!(open && member.isIntersection())) schemas.push(this.#schema(member));
    const objects = schemas.filter((schema) => typeof schema === 'string' && schema.startsWith('@'));
    if (schemas.includes('s') && objects.length > 0 && objects.length === schemas.length - 1) {
      const target = objects.length === 1 ? objects[0] : { u: objects };
      if (target !== undefined && objects.every((name) => this.#isStripeObject(String(name).slice(1))))
        return { x: target };
    }
    const unique = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
    return unique.length === 1 && unique[0] !== undefined ? unique[0] : { u: unique };
  }

  /** The SDK names one type for each of some 300 kinds of event; what they have in common is enough here. */
  #eventBase(members: readonly ts.Type[]): Schema | undefined {
    const [first] = members;
    if (first === undefined || members.length < 20 || !first.isClassOrInterface()) return undefined;
    const base = this.#checker.getBaseTypes(first)[0];
    if (base?.symbol?.getName() !== 'EventBase') return undefined;
    const name = this.#qualifiedName(base);
    this.#add(name, base);
    const found = this.#table.get(name);
    const kinds = {
      e: [base.symbol.declarations?.[0]?.getSourceFile().fileName.includes('/V2/') ? 'v2.core.event' : 'event'],
    };
    if (found !== undefined)
      this.#table.set(name, {
        f: { ...found.f, object: kinds, type: 's', data: '*', related_object: '*' },
        r: [...new Set([...found.r, 'type'])],
      });
    return `@${name}`;
  }

  #object(type: ts.Type): Schema {
    const name = type.symbol?.getName() ?? '';
    if (name === 'Decimal') return 'd';
    if (name === 'Date') return 's';
    const [argument] = this.#checker.getTypeArguments(type as ts.TypeReference);
    if (this.#checker.isArrayType(type)) return { a: argument === undefined ? '*' : this.#schema(argument) };
    if (name === 'ApiList' || name === 'ApiSearchResult')
      return { l: argument === undefined ? '*' : this.#schema(argument) };
    const index = this.#checker.getIndexInfosOfType(type)[0];
    if (index !== undefined) return { m: this.#schema(index.type) };
    const qualified = this.#qualifiedName(type);
    if (!this.#table.has(qualified)) this.#add(qualified, type);
    return `@${qualified}`;
  }

  #add(qualified: string, type: ts.Type): void {
    const fields: Record<string, Schema> = {};
    const required: string[] = [];
    const lengths: Record<string, number> = { ...documentedLengths[qualified] };
    const isOfParams = qualified.includes('Params');
    this.#table.set(qualified, { f: fields, r: required, ...(isOfParams ? { m: lengths } : {}) });
    const properties = this.#checker
      .getPropertiesOfType(type)
      .filter((property) => property.getName() !== 'lastResponse');
    if (!this.#isInScope(type) && properties.some((property) => property.getName() === 'object')) {
      // An object of a part of Stripe that is not served: known by name only.
      fields['*'] = '*';
      const object = properties.find((property) => property.getName() === 'object');
      if (object !== undefined) fields.object = this.#schema(this.#checker.getTypeOfSymbol(object));
      return;
    }
    for (const property of properties) {
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      const type = this.#checker.getTypeOfSymbol(property);
      // `deleted?: void` tells the living object from its stub; it is never on the wire.
      if (this.#isVoid(type)) continue;
      fields[property.getName()] = documentedFields[qualified]?.[property.getName()] ?? this.#schema(type);
      if (!optional) required.push(property.getName());
      const length = lengthInComment(ts.displayPartsToString(property.getDocumentationComment(this.#checker)));
      if (length !== undefined) lengths[property.getName()] ??= length;
    }
  }

  #isVoid(type: ts.Type): boolean {
    const members = type.isUnion() ? type.types : [type];
    return members.every((member) => (member.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined)) !== 0);
  }

  #isStripeObject(qualified: string): boolean {
    return this.#table.get(qualified)?.f.object !== undefined;
  }

  #isInScope(type: ts.Type): boolean {
    const file = type.symbol?.declarations?.[0]?.getSourceFile().fileName ?? '';
    const name = relative(this.#folder, file).replace(/\.d\.ts$/, '');
    return name.startsWith('..') || this.#filesInScope.has(name);
  }

  /** "Checkout.Session", "CustomerCreateParams.Shipping": the folder, the namespaces and the interface. */
  #qualifiedName(type: ts.Type): string {
    const symbol = type.symbol ?? type.aliasSymbol;
    const file = symbol?.declarations?.[0]?.getSourceFile().fileName ?? '';
    const folders = relative(this.#folder, file)
      .split('/')
      .slice(0, -1)
      .filter((part) => part !== '..');
    const inFile = this.#checker.getFullyQualifiedName(symbol).replace(/^".*"\./, '');
    const position = inFile === '__type' ? `.${symbol?.declarations?.[0]?.pos ?? 0}` : '';
    return [...folders, inFile + position].join('.');
  }
}

const withoutEmptyLengths = ({ m, ...type }: ObjectSchema): ObjectSchema =>
  m === undefined || Object.keys(m).length === 0 ? type : { ...type, m };
