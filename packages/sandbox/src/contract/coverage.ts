import { parseArgs } from 'node:util';
import { resources } from '../resources/index.js';
import { contract, contractKey } from './contract.js';

// Prints which operations of the contract the sandbox serves: `npm run sandbox:coverage`. With `-- --complete` it ends
// with 1 while one is missing.

const { values } = parseArgs({ options: { complete: { type: 'boolean' } } });
const served = new Set(resources.flatMap((resource) => Object.keys(resource.operations).map(contractKey)));
const inScope = Object.keys(contract.operations);
const missing = inScope.filter((operation) => !served.has(operation));
const percent = (100 * (1 - missing.length / inScope.length)).toFixed(1);

for (const operation of missing) process.stdout.write(`not served  ${operation}\n`);
process.stdout.write(
  `${inScope.length - missing.length} of ${inScope.length} operations in scope are served (${percent} %)\n`,
);
if (values.complete === true && missing.length > 0) process.exitCode = 1;
