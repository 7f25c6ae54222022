// Package scenarios is the language of drills: the schema of scenario,
// topology and evidence files, the strict loader, and the library.
//
// Call [Find] with a library name or a path, or [Parse] with bytes. Both give
// a [Document] and every mistake of the file at once, as [Problems] that know
// file, line and column, the valid choices and what was probably meant;
// [Problems.Render] prints them with the source line. Overrides such as
// "workload.rate=50/s" are applied before decoding. A caller that finds further
// mistakes, for instance an unknown fault, positions them with
// [Document.Problem]. Parameters of faults are not known here: [Params] holds
// them until the fault decodes them, as strictly as the rest.
//
// What people say about an audit is in [Scenario.Evidence]. [FindWith] takes it
// from a file of its own ([LoadEvidence], [EvidenceTemplate]), whose mistakes
// keep their position there. Which of it an audit needs is not known here.
//
// [Scenario.Fill] writes every default, [Marshal] gives the replay file of a
// filled scenario, which Parse reads back to the same value. [Schema] prints
// the JSON Schema, made from the same Go types and the same table of keys that
// the loader uses.
//
// Promises: unknown keys, values without units, unknown names, impossible
// timelines and objectives that the observation cannot prove are errors, never
// guesses. A document with problems may be looked at, but must not be run.
// Hostile input gives problems, not panics. Parse and [Marshal] touch neither
// disk nor network; Load, Find and ResolveTopology read files only.
package scenarios
