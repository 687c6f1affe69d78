import { beforeEach, expect, test } from "bun:test";
import { SharedAnswers } from "../../src/api/sharedAnswers.ts";

/** Reckonings in the order in which they began. */
let begun: PromiseWithResolvers<string>[];
let answers: SharedAnswers<string>;
beforeEach(() => {
  begun = [];
  answers = new SharedAnswers();
});

const ask = (key: string) =>
  answers.ask(key, () => {
    const reckoning = Promise.withResolvers<string>();
    begun.push(reckoning);
    return reckoning.promise;
  });

/** Resolves when what is due has been done. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("those who ask while an answer is under way share the next one, which begins after they asked", async () => {
  const first = ask("anna 24h");
  const others = Array.from({ length: 100 }, () => ask("anna 24h"));
  expect(begun).toHaveLength(1);
  begun[0]?.resolve("old");
  expect(await first).toBe("old");
  await turn();
  expect(begun).toHaveLength(2);
  const late = ask("anna 24h");
  begun[1]?.resolve("new");
  expect(new Set(await Promise.all(others))).toEqual(new Set(["new"]));
  await turn();
  begun[2]?.resolve("newest");
  expect(await late).toBe("newest");
  expect(begun).toHaveLength(3);
});

test("nobody waits for the answer to another question", async () => {
  const one = ask("anna 24h");
  const other = ask("bert 24h");
  begun[1]?.resolve("bert");
  expect(await other).toBe("bert");
  begun[0]?.resolve("anna");
  expect(await one).toBe("anna");
});

test("a failure reaches all who share it, and nobody after them", async () => {
  const failures = [ask("anna"), ask("anna"), ask("anna")].map((asked) =>
    asked.catch(({ message }) => message),
  );
  begun[0]?.reject(new Error("first"));
  await turn();
  begun[1]?.reject(new Error("second"));
  expect(await Promise.all(failures)).toEqual(["first", "second", "second"]);
  const after = ask("anna");
  begun[2]?.resolve("well");
  expect(await after).toBe("well");
  const again = ask("anna");
  begun[3]?.resolve("well again");
  expect(await again).toBe("well again");
});
