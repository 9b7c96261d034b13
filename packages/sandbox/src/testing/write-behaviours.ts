import { writeBehaviours } from './behaviour-table.js';
import { filesForStripe } from './stripe-files.js';
import { triedAtStripe } from './tried-at-stripe.js';

// The program: `npm run behaviours -w packages/sandbox`. Tries the tests for Stripe on the way, which takes a minute.

const { outcomes } = await triedAtStripe(filesForStripe);
writeBehaviours(outcomes);
