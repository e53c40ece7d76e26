// Marks this folder as a module's root. What it is built with stands in stacks/engine/go/go.mod: the same modules as
// the engine, so that no version is written twice. See ../yaml-edits.ts.
module yaml-reader
