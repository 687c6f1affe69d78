import { type ComponentType, render } from "preact";
import { AccountPage } from "./pages/account.tsx";
import { ActivityPage } from "./pages/activity.tsx";
import { AppsPage } from "./pages/apps.tsx";
import { Consent } from "./pages/consent.tsx";
import { DeveloperPage } from "./pages/developer.tsx";
import { DeviceConsent } from "./pages/deviceConsent.tsx";
import { Reset } from "./pages/reset.tsx";
import { SignIn } from "./pages/signIn.tsx";
import { SignUp } from "./pages/signUp.tsx";
import { TokensPage } from "./pages/tokens.tsx";

/** The page of each path at which the server answers with this script. */
const PAGES: Readonly<Record<string, ComponentType>> = {
  "/sign-in": SignIn,
  "/sign-up": SignUp,
  "/reset": Reset,
  "/apps": AppsPage,
  "/tokens": TokensPage,
  "/developer": DeveloperPage,
  "/account": AccountPage,
  "/activity": ActivityPage,
  "/oauth2/authorize": Consent,
  "/oauth2/device_authorization_consent": DeviceConsent,
};

const Page = PAGES[location.pathname] ?? SignIn;
const root = document.getElementById("app");
if (root !== null) render(<Page />, root);

// A link opened once more with another code behind its "#" is another link, which no browser loads anew by itself.
addEventListener("hashchange", () => {
  if (location.hash !== "#main") location.reload();
});
