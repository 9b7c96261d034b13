import { writeBehaviours } from './behaviour-table.js';

// The program: `npm run behaviours -w packages/sandbox`.

writeBehaviours();
