import { StoreUnavailable } from "../readingStore.ts";
import type { Overwritten } from "./overwriteWorker.ts";

/**
 * Makes deleted rows unreadable: they leave copies of themselves in free pages and between the rows of others, so the file is
 * written anew from its living rows. For a file of hundreds of megabytes that takes seconds, and so it has a thread of its own:
 * everybody reads meanwhile, and whoever wants to write waits.
 */
export class Overwritings {
  #underWay = 0;

  get areUnderWay(): boolean {
    return this.#underWay > 0;
  }

  /** @throws StoreUnavailable when it cannot be done now; what was deleted may still be readable then */
  async overwriteDeleted(file: string): Promise<void> {
    const worker = new Worker(new URL("./overwriteWorker.ts", import.meta.url).href);
    this.#underWay++;
    try {
      const { failure } = await new Promise<Overwritten>((resolve) => {
        worker.onmessage = ({ data }: MessageEvent<Overwritten>) => resolve(data);
        worker.onerror = ({ message }) => resolve({ failure: `the thread failed: ${message}` });
        worker.postMessage(file);
      });
      if (failure !== undefined) throw new StoreUnavailable(failure);
    } finally {
      this.#underWay--;
      worker.terminate();
    }
  }
}
