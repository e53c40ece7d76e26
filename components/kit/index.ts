export { LifecycleComponent } from "./component.ts";
export { asRunError, readRelease } from "./read-release.ts";
export { type Transform, type Transformed, transformed } from "./transform.ts";
