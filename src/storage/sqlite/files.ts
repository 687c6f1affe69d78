/** The files of a data folder. */
export const FILES = {
  readings: "readings.db",
  control: "control.db",
  lock: "lock.db",
  firstRun: "first-run.txt",
} as const;
