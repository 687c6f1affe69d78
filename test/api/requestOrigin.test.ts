import { describe, expect, test } from "bun:test";
import type { ApiError } from "../../src/api/errors.ts";
import { requestOrigin } from "../../src/api/requestOrigin.ts";
import { exchange } from "../support/rawConnection.ts";

/** What a server that answers with the origin of each request says to this one. */
async function originOf(head: string, publicUrl?: URL): Promise<string> {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      try {
        return new Response(requestOrigin(request, { publicUrl }).href);
      } catch (error) {
        return new Response((error as ApiError).row.message, { status: (error as ApiError).row.status });
      }
    },
  });
  try {
    return (await exchange(server.url.origin, `${head}\r\n\r\n`)).body;
  } finally {
    await server.stop(true);
  }
}

describe("an address in an answer begins with", () => {
  test("the host and port that were asked for", async () => {
    expect(await originOf("GET /a?b=c HTTP/1.1\r\nHost: localhost:4327")).toBe("http://localhost:4327/");
    expect(await originOf("GET / HTTP/1.1\r\nHost: PULSE.example.org")).toBe("http://pulse.example.org/");
    expect(await originOf("GET / HTTP/1.1\r\nHost: [::1]:80")).toBe("http://[::1]/");
  });

  test("the public address, where there is one", async () => {
    const publicUrl = new URL("https://heart.example.org");
    expect(await originOf("GET / HTTP/1.1\r\nHost: localhost:4327", publicUrl)).toBe(
      "https://heart.example.org/",
    );
  });

  test("nothing that a proxy's header or the target says", async () => {
    const told = [
      "X-Forwarded-Host: evil.example",
      "X-Forwarded-Proto: https",
      "Forwarded: host=evil.example",
    ];
    expect(await originOf(`GET / HTTP/1.1\r\nHost: localhost\r\n${told.join("\r\n")}`)).toBe(
      "http://localhost/",
    );
    expect(await originOf("GET http://evil.example/ HTTP/1.1\r\nHost: localhost")).toBe("http://localhost/");
  });
});

test("a Host that makes no address is refused, not repeated", async () => {
  expect(await originOf("GET / HTTP/1.1\r\nHost: localhost:99999")).toStartWith(
    "this host name is not allowed",
  );
});
