// Package planning turns a scenario into a plan: names resolved, defaults filled
// in, parameters decoded, every mistake reported with its position. It starts
// nothing.
//
// Call [Compile] first. [Describe] says in plain language what a [Plan] would do,
// [Plan.Spec] what its judge has to know, and [ResolveTopology] serves those who
// start a topology without a scenario.
package planning
