/**
 * Evidence that a second person can check: one document with every count, and one picture of it. Pure: no clock, no disk,
 * no socket.
 */
export { canonicalJson } from "./canonical-json.ts";
export {
  documentOf,
  documentOfRollout,
  type EvidenceDocument,
  hashOf,
  type JudgedRollout,
  type RolloutFacts,
  renderDocument,
} from "./document.ts";
export { type JudgedDocument, type ParsedEvidence, parseEvidence } from "./parse.ts";
export { renderPicture } from "./picture/picture.ts";
export { type Field, judgeAgain, type Verification, verifyEvidence } from "./verify.ts";
