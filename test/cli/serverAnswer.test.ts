import { expect, test } from "bun:test";
import { ANSWER_BYTES_MAX, readAnswer } from "../../src/cli/serverAnswer.ts";

/** An answer whose body comes in pieces, and whether the rest of it was given up. */
function inPieces(piece: string, count: number) {
  let left = count;
  const seen = { givenUp: false };
  const body = new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(new TextEncoder().encode(piece));
      else controller.close();
    },
    cancel() {
      seen.givenUp = true;
    },
  });
  return { response: new Response(body, { status: 401 }), seen };
}

test("an answer at the limit is read to its end, so that its connection carries the next request", async () => {
  const { response, seen } = inPieces("x".repeat(1_024), ANSWER_BYTES_MAX / 1_024);
  expect((await readAnswer(response)).body).toBe("x".repeat(ANSWER_BYTES_MAX));
  expect(seen.givenUp).toBe(false);
});

test("one byte past the limit is cut off, and the rest given up", async () => {
  const { response, seen } = inPieces("x".repeat(ANSWER_BYTES_MAX + 1), Number.POSITIVE_INFINITY);
  expect((await readAnswer(response)).body).toBe("x".repeat(ANSWER_BYTES_MAX));
  expect(seen.givenUp).toBe(true);
});

test("an answer without a body is an empty one", async () => {
  expect(await readAnswer(new Response(null, { status: 204 }))).toMatchObject({ status: 204, body: "" });
});
