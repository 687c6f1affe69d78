import { once } from "node:events";
import { createServer } from "node:http";
import Provider from "oidc-provider";

/**
 * A real OpenID provider as a process of its own: `oidc-provider`, which knows everybody. Whoever comes to its page of
 * interaction with `?account=subject,email` is that person, and consents. With `?account=` they refuse.
 */
const [clientId = "", clientSecret = "", callback = ""] = process.argv.slice(2);

const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const issuer = `http://localhost:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [callback],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  findAccount: (_, accountId) => {
    const [sub = "", email = ""] = accountId.split(",");
    return {
      accountId,
      claims: () => ({ sub: accountId, name: sub, ...(email === "" ? {} : { email, email_verified: true }) }),
    };
  },
});

/** What a provider does that is broken or bought: by the subject's first word. */
provider.use(async (context, next) => {
  await next();
  const accountId =
    context.oidc?.entities.AccessToken?.accountId ?? context.oidc?.entities.Account?.accountId;
  if (context.path === "/token" && accountId?.startsWith("bare-")) delete context.body.id_token;
  if (context.path === "/me" && accountId?.startsWith("swapped-")) {
    context.body = { ...context.body, sub: accountId.slice("swapped-".length) };
  }
});

provider.use(async (context, next) => {
  if (!context.path.startsWith("/interaction/")) return next();
  const account = new URL(context.href).searchParams.get("account") ?? "";
  const { params } = await provider.interactionDetails(context.req, context.res);
  if (account === "") {
    await provider.interactionFinished(context.req, context.res, { error: "access_denied" });
  } else {
    const grant = new provider.Grant({ accountId: account, clientId });
    grant.addOIDCScope(String(params.scope));
    const consent = { grantId: await grant.save() };
    await provider.interactionFinished(context.req, context.res, { login: { accountId: account }, consent });
  }
  context.respond = false;
});

server.on("request", provider.callback());
console.log(issuer);
