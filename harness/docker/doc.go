// Package docker brings topologies up on a container engine, with real mail
// servers.
//
// Start with [New], which finds the engine (DOCKER_HOST and its companions),
// and [Runtime.Start], which returns a running [System]. [Leftovers] and
// [Cleanup] find and remove what killed runs have left; [Doctor] measures which
// mechanisms work on an engine.
//
//	maildrill ──stdio── outside ─┐                    one network a run,
//	    │                        ├── mx1 ── mx2 ── store    without a route out
//	    └──────stdio── keeper    └── dns
//
// A node that faults may be put on is two containers: a holder (our binary)
// that owns the network namespace, and the mail server, which joins it; so
// address, rules and counters survive the death of the server. Traffic enters
// through the outside node, control goes to the keeper, both over the standard
// input and output of those containers: nothing depends on routes, published
// ports, binds or root of the host that maildrill runs on.
//
// Promises: everything made carries the run's label and nothing else is
// touched; from the first object on a keeper watches, and removes everything if
// maildrill dies; [System.Close] proves by listing that nothing is left.
package docker
