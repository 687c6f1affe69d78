import { join } from "node:path";
import { CommandFailure } from "../../src/cli/failure.ts";
import { LOAD_CORE, pinnedTo } from "../pinnedProcess.ts";
import type { CrowdSetup, Order, Seen } from "./orders.ts";

/** The crowd of listeners and writers, in a process on the core for load. */
export class Crowd {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #answers: AsyncIterator<string>;

  constructor(setup: CrowdSetup) {
    const program = join(import.meta.dir, "crowdProgram.ts");
    this.#child = Bun.spawn(pinnedTo(LOAD_CORE, [process.execPath, program, JSON.stringify(setup)]), {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    this.#answers = linesOf(this.#child.stdout);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** @throws CommandFailure when the crowd could not follow the order; it has said why */
  async follow(order: Order): Promise<Seen> {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
    this.#child.stdin.flush();
    const { value, done } = await this.#answers.next();
    if (done) throw new CommandFailure("The crowd of listeners failed.");
    const seen = JSON.parse(value) as Seen;
    // JSON writes null for NaN.
    const number = (one: number | null) => one ?? Number.NaN;
    return { ...seen, p50Ms: number(seen.p50Ms), p99Ms: number(seen.p99Ms), p999Ms: number(seen.p999Ms) };
  }

  /** Sends everybody home. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#child.exited;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
