// Writes src/*.generated.ts from openapi.json: a type for every schema, a method for every operation. With --check it
// only says whether the files still fit. Generators from the registry bring a client of their own; ours has none to bring.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCUMENT = fileURLToPath(new URL('../../../openapi.json', import.meta.url));
const target = (file) => fileURLToPath(new URL(`../src/${file}`, import.meta.url));
const MADE_BY = '// Made from openapi.json by packages/sdk/scripts/generate.mjs; "npm run openapi" makes both anew.';

/** In Stripe's words: whoever sends a customer a second time has created him once. */
const VERBS = { upsert: 'create' };
const METHODS = ['get', 'post', 'patch', 'put', 'delete'];

const document = JSON.parse(readFileSync(DOCUMENT, 'utf8'));
const schemas = document.components.schemas;

const pascal = (text) => text.replace(/(^|_)([a-z])/g, (_match, _gap, letter) => letter.toUpperCase());
const camel = (text) => text.replace(/_([a-z])/g, (_match, letter) => letter.toUpperCase());
const plural = (text) => (text.endsWith('s') ? text : `${text}s`);
const singular = (text) => text.replace(/ies$/, 'y').replace(/s$/, '');
const quoted = (value) => (typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value));
const commented = (text, indent) => (text === undefined ? '' : `${indent}/** ${text.replaceAll('*/', '*\\/')} */\n`);

/** A JSON schema as a TypeScript type. */
function typeOf(schema, indent = '') {
  if (schema === undefined || Object.keys(schema).length === 0) return 'unknown';
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1);
  if (schema.const !== undefined) return quoted(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(quoted).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return unique(choices.map((choice) => typeOf(choice, indent))).join(' | ');
  if (schema.allOf !== undefined) return unique(schema.allOf.map((part) => typeOf(part, indent))).join(' & ');
  if (Array.isArray(schema.type))
    return unique(schema.type.map((type) => typeOf({ ...schema, type }, indent))).join(' | ');
  if (schema.type === 'array') return arrayType(schema, indent);
  if (schema.type === 'object') return objectType(schema, indent);
  if (schema.type === 'integer') return 'number';
  return ['string', 'number', 'boolean', 'null'].includes(schema.type) ? schema.type : 'unknown';
}

const unique = (texts) => [...new Set(texts)];

function arrayType(schema, indent) {
  const item = typeOf(schema.items, indent);
  return /^\w+$/.test(item) ? `${item}[]` : `Array<${item}>`;
}

function objectType(schema, indent) {
  const inner = `${indent}  `;
  const required = new Set(schema.required ?? []);
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const mark = required.has(name) ? '' : '?';
    const key = /^\w+$/.test(name) ? name : quoted(name);
    return `${commented(property.description, inner)}${inner}${key}${mark}: ${typeOf(property, inner)};\n`;
  });
  const extra = schema.additionalProperties;
  if (properties.length === 0) return `Record<string, ${typeOf(extra === true ? {} : extra || {}, indent)}>`;
  return `{\n${properties.join('')}${indent}}`;
}

/** What an operation of the document is as a method of the client. */
function methodOf(path, method, operation) {
  const [, , segment] = path.split('/');
  // `/v1/environment` is about one of `/v1/environments`; `/v1/ledger` has no plural.
  const group = camel(document.paths[`/v1/${segment}s`] === undefined ? segment : `${segment}s`);
  const noun = pascal(singular(plural(segment)));
  const bare = operation.operationId.replace(`${pascal(plural(segment))}`, '').replace(noun, '');
  const pathParameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const queryParameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  return {
    group,
    name: VERBS[bare] ?? bare,
    method: method.toUpperCase(),
    path,
    pathParameters,
    queryParameters,
    body: operation.requestBody?.content?.['application/json']?.schema,
    typeName: pascal(operation.operationId),
    summary: operation.summary,
    answers: Object.entries(operation.responses)
      .filter(([status]) => status.startsWith('2'))
      .map(([, response]) => response.content?.['application/json']?.schema),
  };
}

/** The type of a list's items, when that is what the operation answers. */
function itemTypeOf(answers) {
  const [answer] = answers;
  const kind = answer?.properties?.object;
  const isList = kind?.const === 'list' || kind?.enum?.[0] === 'list';
  return isList && answer.properties.has_more ? typeOf(answer.properties.data.items) : null;
}

function inputTypes(operation) {
  const { typeName, body, queryParameters } = operation;
  const types = [];
  if (body !== undefined) types.push(`export type ${typeName}Body = ${typeOf(withoutNull(body))};\n`);
  if (queryParameters.length > 0) {
    const query = {
      type: 'object',
      properties: Object.fromEntries(
        queryParameters.map(({ name, schema, description }) => [name, { description, ...schema }]),
      ),
      required: queryParameters.filter(({ required }) => required).map(({ name }) => name),
    };
    types.push(`export type ${typeName}Query = ${typeOf(query)};\n`);
  }
  return types;
}

const withoutNull = (schema) => {
  const rest = schema.anyOf?.filter((choice) => choice.type !== 'null');
  return rest?.length === 1 ? rest[0] : schema;
};

function methodText(operation) {
  const { name, pathParameters, body, queryParameters, typeName, summary } = operation;
  const parameters = pathParameters.map((parameter) => `${camel(parameter)}: string`);
  const fields = [`method: '${operation.method}'`, `path: ${pathText(operation)}`];
  if (body !== undefined) {
    const needed = (withoutNull(body).required ?? []).length > 0;
    parameters.push(needed ? `body: ${typeName}Body` : `body: ${typeName}Body = {}`);
    fields.push('body');
  }
  if (queryParameters.length > 0) {
    const needed = queryParameters.some(({ required }) => required);
    parameters.push(needed ? `query: ${typeName}Query` : `query: ${typeName}Query = {}`);
    fields.push('query');
  }
  parameters.push('options: RequestOptions = {}');
  const item = itemTypeOf(operation.answers);
  if (item !== null && !queryParameters.some((parameter) => parameter.name === 'limit')) fields.push('isWhole: true');
  const answer = unique(operation.answers.map((schema) => typeOf(withoutNull(schema ?? {}), '  '))).join(' | ');
  const returns = item === null ? `Promise<${answer}>` : `Listing<${item}>`;
  const call = item === null ? 'send' : 'list';
  return `${commented(`${summary}.`, '  ')}  ${name}(${parameters.join(', ')}): ${returns} {
    return this.#transport.${call}({ ${fields.join(', ')} }, options);
  }\n`;
}

const pathText = ({ path, pathParameters }) =>
  pathParameters.length === 0
    ? quoted(path)
    : `\`${path.replace(/\{(\w+)\}/g, (_match, name) => `\${encodeURIComponent(${camel(name)})}`)}\``;

function groupText(group, operations) {
  return `export class ${pascal(group)}Api {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

${operations.map(methodText).join('\n')}}\n`;
}

/** Each type of event with the schema of what it is about: `payment_method.attached` is about a `PaymentMethod`. */
function eventTypes() {
  const parameter = document.paths['/v1/events'].get.parameters.find(({ name }) => name === 'type');
  const entries = parameter.schema.enum.map((type) => {
    const name = pascal(type.split('.')[0]);
    return `  '${type}': ${schemas[name] === undefined ? 'Record<string, unknown>' : name};\n`;
  });
  return `/** What \`data.object\` of each type of event is. */\nexport interface EventObjects {\n${entries.join('')}}\n`;
}

function errorCodes() {
  const codes = schemas.Error.properties.error['x-codes'];
  return `/** The codes of today; later versions may add some. */\nexport type ErrorCode =\n${codes.map((code) => `  | '${code}'`).join('\n')};\n`;
}

function readOperations() {
  return Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, methods]) =>
      METHODS.filter((method) => methods[method] !== undefined).map((method) =>
        methodOf(path, method, methods[method]),
      ),
    );
}

function typesFile(operations) {
  return [
    `${MADE_BY}\n`,
    ...Object.entries(schemas)
      .filter(([name]) => name !== 'Error')
      .map(([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`),
    errorCodes(),
    eventTypes(),
    ...operations.flatMap(inputTypes),
  ].join('\n');
}

function nounsFile(operations, typeNames) {
  const groups = new Map();
  for (const operation of operations) {
    const others = groups.get(operation.group) ?? [];
    // What can be done to one and to all of them at once.
    if (others.some(({ name }) => name === operation.name)) operation.name += 'All';
    groups.set(operation.group, [...others, operation]);
  }
  const names = [...groups.keys()].sort();
  const classes = names.map((name) => groupText(name, groups.get(name)));
  const used = typeNames.filter((name) => classes.some((text) => new RegExp(`\\b${name}\\b`).test(text)));
  return [
    MADE_BY,
    `import type {\n${used.map((name) => `  ${name},\n`).join('')}} from './api-types.generated.js';`,
    "import type { Listing, RequestOptions, Transport } from './transport.js';\n",
    ...classes,
    nounsText(names),
  ].join('\n');
}

const nounsText = (names) => `/** Every noun of the API. */
export class Nouns {
${names.map((name) => `  readonly ${name}: ${pascal(name)}Api;\n`).join('')}
  constructor(transport: Transport) {
${names.map((name) => `    this.${name} = new ${pascal(name)}Api(transport);\n`).join('')}  }
}\n`;

const operations = readOperations();
const types = typesFile(operations);
const typeNames = [...types.matchAll(/^export (?:type|interface) (\w+)/gm)].map(([, name]) => name);
const files = { 'api-types.generated.ts': types, 'api.generated.ts': nounsFile(operations, typeNames) };
for (const [file, text] of Object.entries(files)) {
  if (!process.argv.includes('--check')) writeFileSync(target(file), text);
  else if (readFileSync(target(file), 'utf8') !== text) {
    console.error(`${file} does not fit openapi.json: run "npm run openapi" and commit what it writes`);
    process.exitCode = 1;
  }
}
