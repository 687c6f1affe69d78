/** A setting that cannot be used; the message says which one and what was expected. */
export class UnusableSetting extends Error {
  override name = "UnusableSetting";
}
