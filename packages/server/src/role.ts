/** `all`: HTTP, worker and sandbox, what `npm start` does. `serve` and `work` are its halves, any number of each. */
export type Role = 'all' | 'serve' | 'work' | 'migrate';
