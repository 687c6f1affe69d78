/**
 * Says something to the person at the terminal, on stderr: stdout is for data. Bun's own `console.error` would paint
 * it red, as if something were wrong.
 */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
