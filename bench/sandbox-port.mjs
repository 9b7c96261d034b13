// The port on which a sandbox that was just started says that it listens.
export function portOf(child, timeoutMilliseconds) {
  return new Promise((resolve, reject) => {
    let printed = '';
    const timer = setTimeout(() => reject(new Error('it did not start')), timeoutMilliseconds);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const port = /at http:\/\/127\.0\.0\.1:(\d+)/.exec(printed)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
  });
}
