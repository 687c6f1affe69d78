/**
 * Whether a program that a test needs is installed; says so in one line where it is not.
 *
 * @throws Error instead in CI, where every test has to run
 */
export function hasProgram(name: string, debianPackage: string): boolean {
  if (Bun.which(name) !== null) return true;
  const explanation = `There is no ${name} here (Debian: ${debianPackage}).`;
  if (process.env.CI === "true") throw new Error(explanation);
  console.error(`${explanation} The tests that need it pass without having run.`);
  return false;
}
