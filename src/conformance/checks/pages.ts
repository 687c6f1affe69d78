import { area, type Rule } from "../check.ts";
import { expectThat, shown } from "../expectations.ts";
import { OPEN_LINK, openWidget } from "./widgets.ts";

const SECTION = "1 Hosts and paths";
const PAGES = ["keys", "api-clients", "widgets", "configuration"] as const;

const redirects: readonly Rule[] = PAGES.map((page) => [
  `ui-${page}`,
  `Pulsoid's page address /ui/${page} redirects to a page of this server.`,
  async (kit) => {
    const answer = await kit.ask({ path: `/ui/${page}` });
    const location = answer.header("location");
    const leadsAway = /(^|\.)pulsoid\.net$/.test(
      URL.parse(location ?? "", kit.target.base.href)?.hostname ?? "",
    );
    const isRight = [301, 302, 303, 307, 308].includes(answer.status) && location !== undefined && !leadsAway;
    expectThat(
      isRight,
      "a redirection",
      location === undefined ? shown(answer) : `${answer.status} to ${location}`,
    );
  },
]);

export const PAGE_CHECKS = area("pages", SECTION, [
  ...redirects,
  [
    "widget-view",
    "/widget/view/<uuid> of a widget whose link is open is a page.",
    async (kit) => {
      const answer = await kit.ask({ path: `/widget/view/${await openWidget(kit)}` });
      const isPage = /^text\/html\b/i.test(answer.header("content-type") ?? "");
      expectThat(answer.status === 200 && isPage, "200 with text/html", shown(answer));
    },
    { needs: OPEN_LINK },
  ],
  [
    "widget-alias",
    "/widget/<uuid> is an alias of /widget/view/<uuid>.",
    async (kit) => {
      const id = await openWidget(kit);
      const answer = await kit.ask({ path: `/widget/${id}` });
      const leadsTo = URL.parse(answer.header("location") ?? "", kit.target.base.href)?.pathname;
      const isPage = answer.status === 200 && /^text\/html\b/i.test(answer.header("content-type") ?? "");
      const isRedirect = answer.status >= 300 && answer.status < 400;
      expectThat(
        isPage || (isRedirect && (leadsTo?.endsWith(`/widget/view/${id}`) ?? false)),
        `the page, or a redirection to /widget/view/${id}`,
        isRedirect ? `${answer.status} to ${leadsTo}` : shown(answer),
      );
    },
    { needs: OPEN_LINK },
  ],
]);
