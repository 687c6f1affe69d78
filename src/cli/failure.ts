/** The command was called the wrong way: exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The command could not do what was asked, for a reason its message gives: exit code 1, no stack. */
export class CommandFailure extends Error {
  override name = "CommandFailure";
}
