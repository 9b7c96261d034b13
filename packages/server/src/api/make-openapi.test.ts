import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_TYPES } from '@tollbridge/core';
import { describe, expect, it, test } from 'vitest';
import { PROBLEMS } from '../problems/index.js';
import { eventTypeExamples } from './event-type-examples.js';
import { documentedApp } from './make-openapi.js';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: Record<string, { schema: object }> }>>;
}

const app = await documentedApp();
const document = app.swagger() as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: object };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ place: `${method} ${path}`, method, operation })),
);

describe('the OpenAPI document', () => {
  it('names every operation once, says what it does, and sorts it under a tag', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { place, operation } of operations)
      expect([place, operation.operationId, operation.summary, operation.tags?.[0]]).not.toContain(undefined);
  });

  it('answers every refusal of every operation with the one error envelope', () => {
    for (const { place, operation } of operations)
      for (const status of ['4XX', '5XX'])
        expect([place, operation.responses[status]?.content?.['application/json']?.schema]).toEqual([
          place,
          { $ref: '#/components/schemas/Error' },
        ]);
  });

  it('takes an idempotency key on every write', () => {
    for (const { place, method, operation } of operations)
      if (method !== 'get' && place.includes(' /v1/'))
        expect([place, operation.parameters?.map(({ name }) => name)]).toEqual([
          place,
          expect.arrayContaining(['Idempotency-Key']),
        ]);
  });

  it('holds no schema twice', () => {
    const names = Object.keys(document.components.schemas);
    expect(names.filter((name) => name.endsWith('Input'))).toEqual([]);
  });
});

describe('the types of events', () => {
  it('OUT-2: each have an example made of the description of their object', () => {
    const examples = eventTypeExamples(document);
    expect(Object.keys(EVENT_TYPES).filter((type) => !examples.has(type))).toEqual([]);
    expect(examples.get('invoice.paid')?.data.object).toMatchObject({ object: 'invoice', currency: 'eur' });
  });
});

test('OUT-2: the SDK has the type of what each event is about', () => {
  const types = readFileSync(join(import.meta.dirname, '../../../sdk/src/api-types.generated.ts'), 'utf8');
  const untyped = Object.keys(EVENT_TYPES).filter((type) => !new RegExp(`^  '${type}': \\w+;$`, 'm').test(types));
  expect(untyped).toEqual([]);
});

describe('the page of errors', () => {
  it('lists every code with its status and meaning, at the anchor that doc_url names', async () => {
    const page = await app.inject({ method: 'GET', url: '/docs/errors' });
    expect(page.headers['content-type']).toContain('text/html');
    for (const [code, { status }] of Object.entries(PROBLEMS))
      expect(page.body).toContain(`<tr id="${code}"><td><code>${code}</code></td><td>${status}</td>`);
  });

  it('knows every code that the source refuses with', () => {
    const source = join(import.meta.dirname, '..');
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /(?<!\.test)\.ts$/.test(path),
    );
    const codes = files.flatMap((path) =>
      [...readFileSync(join(source, path), 'utf8').matchAll(/\bproblem\(\s*'([a-z_]+)'/g)].map(([, code]) => code),
    );
    expect(codes.length).toBeGreaterThan(20);
    expect([...new Set(codes)].filter((code) => PROBLEMS[code ?? ''] === undefined)).toEqual([]);
  });
});
