/** Paths of the objects that belong to an endpoint, as the API server has them. */

/** The oldest version of HTTPRoute that is not a beta, in every Gateway API from 1.0 on. */
export const httpRoutePath = (namespace: string, name: string): string =>
  `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes/${name}`;

/** The routes of a namespace that a label selects: `name` or `name=value`. */
export const httpRoutesPath = (namespace: string, selector: string): string =>
  `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes?labelSelector=${encodeURIComponent(selector)}`;

/** A Gateway. */
export const gatewayPath = (namespace: string, name: string): string =>
  `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/gateways/${name}`;

/** A Deployment. */
export const deploymentPath = (namespace: string, name: string): string =>
  `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;

/** The pods of a namespace that labels select. */
export const podsPath = (namespace: string, selector: string): string =>
  `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;

/** The definition of HTTPRoute: which versions of it the server knows. */
export const HTTP_ROUTES_DEFINITION =
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/httproutes.gateway.networking.k8s.io";

/** Asks the server what whoever asks may do. */
export const ACCESS_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** A ConfigMap. */
export const configMapPath = (namespace: string, name: string): string =>
  `/api/v1/namespaces/${namespace}/configmaps/${name}`;

/** Where events of a namespace are told. */
export const eventsPath = (namespace: string): string => `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;

/** The slices that say which pods of a service are ready. */
export const endpointSlicesPath = (namespace: string, service: string): string =>
  `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${service}`)}`;
