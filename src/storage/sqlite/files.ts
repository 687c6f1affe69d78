/** The files of a data folder. */
export const FILES = {
  readings: "readings.db",
  control: "control.db",
  lock: "lock.db",
  firstRun: "first-run.txt",
  /** Signs the cookies of those who are signed in, where HEARTWIRE_SECRET does not. */
  secret: "secret",
} as const;
