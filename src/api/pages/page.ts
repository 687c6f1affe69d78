import { html, raw } from "hono/html";
import { PAGE_STYLE } from "./pageStyle.ts";

/** A piece of a page: what was put into it is escaped. */
export type Html = ReturnType<typeof html>;

/**
 * Answers with a page that has no script. Its policy allows it its own style and nothing else: nothing from elsewhere,
 * no frame around it.
 *
 * @param style what the page has beside the style of every page
 * @param status 200 where none is named
 */
export async function page(
  title: string,
  body: Html,
  style = "",
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): Promise<Response> {
  const allStyle = `${PAGE_STYLE}${style}`;
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(allStyle)}</style>
</head>
<body>
${body}
</body>
</html>
`;
  return new Response(text.toString(), {
    status,
    headers: {
      "content-type": "text/html; charset=UTF-8",
      "content-security-policy": policyFor(allStyle),
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      ...headers,
    },
  });
}

function policyFor(style: string): string {
  const hash = Bun.SHA256.hash(style, "base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}
