import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isScope, parseScopes, SCOPES, type Scope } from "../../src/domain/scopes.ts";

describe("a list of scopes, as clients write it", () => {
  const both: readonly Scope[] = ["data:heart_rate:read", "data:heart_rate:write"];
  const spellings = [
    "data:heart_rate:read data:heart_rate:write",
    "data:heart_rate:read,data:heart_rate:write",
    "data:heart_rate:read, data:heart_rate:write",
    " data:heart_rate:write\tdata:heart_rate:read\n",
    '"data:heart_rate:read data:heart_rate:write"',
    "'data:heart_rate:read','data:heart_rate:write'",
    ",,data:heart_rate:read,,data:heart_rate:write,,",
    "data:heart_rate:read data:heart_rate:read data:heart_rate:write",
  ];
  for (const spelling of spellings) {
    test(JSON.stringify(spelling), () => {
      expect(parseScopes(spelling)).toEqual({ known: both, unknown: [] });
    });
  }

  test("tells the unknown ones apart, each once", () => {
    expect(parseScopes("news:read data:room:read,news:read DATA:ROOM:READ constructor")).toEqual({
      known: ["data:room:read"],
      unknown: ["news:read", "DATA:ROOM:READ", "constructor"],
    });
  });

  test("may be empty", () => {
    for (const list of ["", " ", ",", '""']) expect(parseScopes(list)).toEqual({ known: [], unknown: [] });
  });

  test("is read the same, whatever the order and the separators", () => {
    const separators = fc.constantFrom(" ", ",", ", ", "\t", '" "');
    fc.assert(
      fc.property(fc.shuffledSubarray([...SCOPES]), separators, (scopes, separator) => {
        const { known, unknown } = parseScopes(scopes.join(separator));
        expect(known).toEqual(SCOPES.filter((scope) => scopes.includes(scope)));
        expect(unknown).toEqual([]);
      }),
    );
  });
});

test("the scopes are those of the wire text, and one of ours for rooms", () => {
  expect([...SCOPES].sort()).toEqual([
    "data:heart_rate:read",
    "data:heart_rate:write",
    "data:room:read",
    "data:room:write",
    "data:statistics:read",
    "geometry_dash_mod:configuration:read",
    "geometry_dash_mod:configuration:write",
    "profile:create",
    "profile:read",
    "widgets:read",
    "widgets:update",
  ]);
  for (const scope of SCOPES) expect(isScope(scope)).toBe(true);
  for (const name of ["", "data:heart_rate", "data:heart_rate:read ", "toString"]) {
    expect(isScope(name)).toBe(false);
  }
});
