// Package coverage says what a library of scenarios answers: [Requirements] puts
// each cause and counter-measure beside the scenarios that name it and how each
// last ended on real servers; [Of] counts requirements by topology, and faults
// by where they strike and which stage of a message's life they can meet there.
//
// A row without a scenario is shown, not left out. Simulated runs count for
// nothing.
package coverage
