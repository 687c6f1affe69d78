import { area } from "../check.ts";
import { expectThat, shown } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { PATHS } from "../routes.ts";

/** Answers of the API. */
function apiExchanges({ http }: Kit) {
  return http.exchanges.filter(({ path }) => path.startsWith("/api/"));
}

/** Something to look back at, without which a rule for everything says nothing. */
const seen = (what: string, isMet: (kit: Kit) => boolean) => ({
  needs: [{ words: `${what} in checks that run before it (--only)`, isMet }],
});

/** Rules for everything that was answered; they look at the answers to all the checks before them. */
export const WHOLE_RUN = area("whole-run", "3 Errors on /api/", [
  [
    "every-error-is-json",
    "Every error of the whole run was JSON with a numeric error_code.",
    async (kit) => {
      const wrong = apiExchanges(kit).find(({ answer }) => {
        const code = (answer.json as { readonly error_code?: unknown } | undefined | null)?.error_code;
        return answer.status >= 400 && !(answer.isJson && typeof code === "number");
      });
      expectThat(
        wrong === undefined,
        "JSON with an error_code",
        `${wrong?.method} ${wrong?.path}: ${wrong === undefined ? "" : shown(wrong.answer)}`,
      );
    },
    seen("an error", (kit) => apiExchanges(kit).some(({ answer }) => answer.status >= 400)),
  ],
  [
    "nothing-is-paid",
    "Nothing in the whole run was answered 402.",
    async (kit) => {
      const wrong = apiExchanges(kit).find(({ answer }) => answer.status === 402);
      expectThat(wrong === undefined, "no 402", `${wrong?.method} ${wrong?.path}: 402`);
    },
    // The kit itself asks what a token is, and the latest reading.
    seen("an answer of another route", (kit) =>
      apiExchanges(kit).some(({ path }) => path !== PATHS.validate && path !== PATHS.latest),
    ),
  ],
  [
    "never-closed-with-1000",
    "No socket of the whole run was closed with 1000, which makes clients stop for good.",
    async (kit) =>
      expectThat(!kit.shared.sockets.some(({ end }) => end?.code === 1000), "no close code 1000", "1000"),
    seen("a socket", ({ shared }) => shared.sockets.length > 0),
  ],
]);
