import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript-api';
import type { OperationContract } from './contract.js';
import { ContractTypes } from './contract-types.js';

// Makes contract/contract.json from the type files of the `stripe` package: they are Stripe's own description of its
// API and current, which no OpenAPI file on the package registry is.

/** Resource files of the SDK whose operations the sandbox is to serve. */
const filesInScope = [
  'Accounts',
  'Balance',
  'BalanceTransactions',
  'BankAccounts',
  'Cards',
  'CashBalances',
  'Charges',
  'Coupons',
  'CreditNotes',
  'Customers',
  'CustomerBalanceTransactions',
  'CustomerCashBalanceTransactions',
  'CustomerSources',
  'Disputes',
  'Events',
  'FundingInstructions',
  'InvoiceItems',
  'InvoiceLineItems',
  'InvoicePayments',
  'Invoices',
  'OAuth',
  'PaymentIntentAmountDetailsLineItems',
  'PaymentIntents',
  'PaymentMethods',
  'Prices',
  'Products',
  'PromotionCodes',
  'Refunds',
  'SetupAttempts',
  'SetupIntents',
  'SubscriptionItems',
  'Subscriptions',
  'TaxIds',
  'TaxRates',
  'WebhookEndpoints',
  'Discounts',
  'LineItems',
  'CreditNoteLineItems',
  'Mandates',
  'Plans',
  'Billing/MeterEventAdjustments',
  'Billing/MeterEvents',
  'Billing/MeterEventSummaries',
  'Billing/Meters',
  'BillingPortal/Configurations',
  'BillingPortal/Sessions',
  'Checkout/Sessions',
  'TestHelpers/Customers',
  'TestHelpers/TestClocks',
  'V2/Core/AccountLinks',
  'V2/Core/Accounts',
  'V2/Core/EventDestinations',
  'V2/Core/Events',
];

/** Operations of those files that are left for later, by the beginning of their path. */
const laterPaths = [
  '/v1/accounts',
  '/v1/plans',
  '/v1/mandates',
  '/v1/setup_attempts',
  '/v1/invoices/search',
  '/v1/subscriptions/search',
  '/v1/products/*/features',
];
const isLater = (path: string): boolean => laterPaths.some((start) => path.startsWith(start));

const stripeFolder = dirname(dirname(createRequire(import.meta.url).resolve('stripe')));
const resourceFolder = join(stripeFolder, 'esm', 'resources');

const resourceFiles = (folder: string, prefix = ''): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return resourceFiles(join(folder, entry.name), `${prefix}${entry.name}/`);
    return entry.name.endsWith('.d.ts') && entry.name !== 'index.d.ts'
      ? [prefix + entry.name.slice(0, -'.d.ts'.length)]
      : [];
  });

interface Call {
  readonly httpMethod: string;
  readonly path: string;
}

/** What each method of a resource class calls, read from its `_makeRequest('POST', path, …)`. */
const callsIn = (file: string): Map<string, Call> => {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const calls = new Map<string, Call>();
  const visit = (node: ts.Node, method: string): void => {
    const name = ts.isMethodDeclaration(node) ? node.name.getText() : method;
    if (ts.isCallExpression(node) && node.expression.getText().endsWith('._makeRequest')) {
      const [httpMethod, path] = node.arguments;
      if (
        httpMethod !== undefined &&
        ts.isStringLiteral(httpMethod) &&
        path !== undefined &&
        /^['`]\//.test(path.getText()) &&
        !calls.has(name)
      ) {
        const text = path
          .getText()
          .slice(1, -1)
          .replaceAll(/\$\{[^}]*\}/g, '*');
        calls.set(name, { httpMethod: httpMethod.text, path: text });
      }
    }
    ts.forEachChild(node, (child) => visit(child, name));
  };
  visit(source, '');
  return calls;
};

const makeContract = (): void => {
  const files = resourceFiles(resourceFolder).sort();
  const declarations = files.map((file) => join(resourceFolder, `${file}.d.ts`));
  const program = ts.createProgram(declarations, {
    strict: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
  });
  const types = new ContractTypes(program.getTypeChecker(), resourceFolder, new Set(filesInScope));
  const operations: Record<string, OperationContract> = {};
  const outOfScope: string[] = [];
  for (const file of files) {
    const source = program.getSourceFile(join(resourceFolder, `${file}.d.ts`));
    if (source === undefined) continue;
    const calls = callsIn(join(resourceFolder, `${file}.js`));
    for (const method of source.statements.filter(ts.isClassDeclaration).flatMap((entry) => entry.members)) {
      const call = ts.isMethodDeclaration(method) ? calls.get(method.name.getText()) : undefined;
      if (call === undefined || !ts.isMethodDeclaration(method)) continue;
      const key = `${call.httpMethod} ${call.path}`;
      if (!filesInScope.includes(file) || isLater(call.path)) outOfScope.push(key);
      else operations[key] ??= types.operation(method);
    }
  }
  const version = readFileSync(join(stripeFolder, 'esm', 'apiVersion.js'), 'utf8').match(/'(20\d\d-[^']+)'/)?.[1] ?? '';
  const inOrder = Object.fromEntries(Object.entries(operations).sort(([one], [other]) => (one < other ? -1 : 1)));
  const text = lines({
    version,
    operations: inOrder,
    types: types.table(),
    snapshotEvents: snapshotEventTypes(new Set(Object.keys(types.table()))),
    thinEvents: thinEventTypes(),
    outOfScope: [...new Set(outOfScope)].sort(),
  });
  writeFileSync(new URL('../../contract/contract.json', import.meta.url), text);
  process.stdout.write(
    `${Object.keys(operations).length} operations, ${Object.keys(types.table()).length} types, ${outOfScope.length} operations out of scope, ${text.length} bytes\n`,
  );
};

const eventPattern =
  /interface (\w+) extends EventBase \{\s+type: '([\w.]+)';[^}]*\}\s*export declare namespace \1 \{\s+interface Data extends Event\.Data \{\s+object: ([^;]+);/g;

/** Every event of version 1 with the type of what it shows, a star where the contract has none: 'invoice.paid' → '@Invoice'. */
const snapshotEventTypes = (known: ReadonlySet<string>): Record<string, string> => {
  const declaration = readFileSync(join(resourceFolder, 'Events.d.ts'), 'utf8');
  const found = [...declaration.matchAll(eventPattern)].map(([, , type = '', object = '']): [string, string] => [
    type,
    known.has(object) ? `@${object}` : '*',
  ]);
  return Object.fromEntries(found.sort(([one], [other]) => (one < other ? -1 : 1)));
};

/** Which events of version 1 also come thin: 'v1.payment_intent.succeeded'. */
const thinEventTypes = (): string[] => {
  const declaration = readFileSync(join(resourceFolder, 'V2', 'Core', 'Events.d.ts'), 'utf8');
  return [...new Set([...declaration.matchAll(/type: '(v1\.[a-z_.]+)'/g)].map(([, type = '']) => type))].sort();
};

/** One entry a line, so that a new SDK shows as a readable difference. */
const lines = (value: Record<string, unknown>): string => {
  const sections = Object.entries(value).map(([name, section]) => {
    if (typeof section !== 'object' || section === null) return `${JSON.stringify(name)}:${JSON.stringify(section)}`;
    if (Array.isArray(section))
      return `${JSON.stringify(name)}:[\n${section.map((entry) => JSON.stringify(entry)).join(',\n')}\n]`;
    const entries = Object.entries(section).map(([key, entry]) => `${JSON.stringify(key)}:${JSON.stringify(entry)}`);
    return `${JSON.stringify(name)}:{\n${entries.join(',\n')}\n}`;
  });
  return `{\n${sections.join(',\n')}\n}\n`;
};

makeContract();
