import { resources } from '../resources/index.js';
import { contract, contractKey } from './contract.js';

// Prints which operations of the contract the sandbox serves: `npm run coverage -w packages/sandbox`.

const served = new Set(resources.flatMap((resource) => Object.keys(resource.operations).map(contractKey)));
const inScope = Object.keys(contract.operations);
const missing = inScope.filter((operation) => !served.has(operation));

for (const operation of missing) process.stdout.write(`not served  ${operation}\n`);
process.stdout.write(`${inScope.length - missing.length} of ${inScope.length} operations in scope are served\n`);
