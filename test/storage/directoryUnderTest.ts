import type { Directory } from "../../src/storage/directory.ts";

/** An engine under test: a directory of its own, and how another process comes to the same data. */
export interface DirectoryUnderTest {
  readonly directory: Directory;
  /** Opens the same data as another process does, beside the first. */
  openBeside(): Promise<Directory>;
  /** Makes every later question fail, as an engine does that is gone. */
  breakEngine(): Promise<void>;
  dispose(): Promise<void>;
}

/** Makes a test's body of work on a directory that nothing else uses. */
export function onFresh(
  open: () => Promise<DirectoryUnderTest>,
): (work: (opened: DirectoryUnderTest) => Promise<void>) => () => Promise<void> {
  return (work) => async () => {
    const opened = await open();
    try {
      await work(opened);
    } finally {
      await opened.dispose();
    }
  };
}
