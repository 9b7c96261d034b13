import type Stripe from 'stripe';
import { defineCollection } from '../collection.js';

export type CustomerObject = Stripe.Customer;

export const customers = defineCollection<CustomerObject>({ type: 'customer', prefix: 'cus', indexes: ['email'] });
