/** The way to an API server of Kubernetes: plain HTTP, typed answers, no SDK. */
export { type Access, AccessError, type AccessProblem } from "./access.ts";
export type { Answer, Refused } from "./answer.ts";
export { type Client, type ClientSettings, createClient } from "./client.ts";
export {
  ACCESS_REVIEWS,
  configMapPath,
  deploymentPath,
  endpointSlicesPath,
  eventsPath,
  gatewayPath,
  HTTP_ROUTES_DEFINITION,
  httpRoutePath,
  httpRoutesPath,
  podsPath,
} from "./paths.ts";
export { type Patience, withPatience } from "./retry.ts";
