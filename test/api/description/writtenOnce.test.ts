import { expect, test } from "bun:test";
import type { Call } from "../../../src/api/context.ts";
import { descriptions } from "../../../src/api/native/descriptions.ts";
import { ROUTES } from "../../../src/api/routes.ts";

const ORIGINS = ["http://localhost:4327", "https://heart.example.org"];

for (const name of ["openApi", "asyncApi", "reference"] as const) {
  test(`${name} is written once, and differs between readers by the address alone`, async () => {
    let writings = 0;
    const described = descriptions(() => {
      writings++;
      return ROUTES;
    });
    const texts = await Promise.all(
      ORIGINS.map(async (origin) => {
        const call = { request: new Request(`${origin}/`), context: { settings: {} } } as Call;
        return ((await described[name].answer(call)) as Response).text();
      }),
    );
    expect(writings).toBe(1);
    expect(texts[0]).not.toBe(texts[1] as string);
    const place = (text = "", index: number) =>
      text.replaceAll(ORIGINS[index] as string, "…").replace(/"host":"[^"]+","protocol":"wss?"/, "…");
    expect(place(texts[0], 0)).toBe(place(texts[1], 1));
  });
}
