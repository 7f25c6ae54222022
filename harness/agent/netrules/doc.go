// Package netrules puts packet rules into a node's network namespace over
// netlink: no tool is needed in the node, and nothing of the engine's own rules
// is touched, because all of ours are in one table of our own name.
//
// [Cut] silences a namespace, [Count] proves it, [Mend] takes it back. A cut
// carries its deadline into the kernel: if everything of ours dies, the set
// element that feeds the rule expires and the traffic flows again. [Seal] takes
// the way out of the drill away.
package netrules
