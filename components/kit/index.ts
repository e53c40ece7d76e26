export { LifecycleComponent } from "./component.ts";
export { claimOnlyOne } from "./only-one.ts";
export { readRelease } from "./read-release.ts";
export { refusal } from "./refusal.ts";
export { type Tags, tagsOf } from "./tags.ts";
export { type Transform, type Transformed, transformed } from "./transform.ts";
