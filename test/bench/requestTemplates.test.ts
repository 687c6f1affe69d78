import { expect, test } from "bun:test";
import { requestTemplates, stampTime } from "../../bench/load/requestTemplates.ts";

test("a stamped request is one reading of its user at that time", () => {
  const token = "8c4da3ce-7ed7-4a19-a1f1-058498661e45";
  const [request] = requestTemplates(new URL("http://127.0.0.1:4327"), [token]) as [Buffer];
  stampTime(request, 1_709_312_400_123);
  const [head, body] = request.toString("latin1").split("\r\n\r\n") as [string, string];
  expect(head).toContain(`Authorization: Bearer ${token}`);
  expect(head).toContain(`Content-Length: ${body.length}`);
  expect(JSON.parse(body)).toEqual({ measured_at: 1_709_312_400_123, data: { heart_rate: 75 } });
});
