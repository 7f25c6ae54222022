// Package action is what operators do to a mail system while a drill runs: the
// steps of a timeline that are not faults. [Kinds] is the table of all kinds, one
// file a kind or a family of them.
//
// An action lasts. Nothing takes it back, and a fault that ends later leaves it
// as it is. It is told from a fault by that, and by what it proves: that it was
// carried out, from when to when, and what the node said to it.
//
// A kind decodes its parameters ([Kind.New]) before anything runs, and may look at
// the topology then ([Particular]). The run carries an [Action] out on one node
// after the other, within the time-out of its step: the first node on which it
// fails is the last, as it is for an operator.
package action
